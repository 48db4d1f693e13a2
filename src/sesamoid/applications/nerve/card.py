"""What the nerve model card says beside the figures."""

from __future__ import annotations

TEXTS = {
    "intended_use": "Research and teaching on short-axis B-mode of limb and neck nerves: outlines "
    "of peripheral nerves and vessels, from which size, shape and depth are measured.",
    "out_of_scope": [
        "Diagnosis, or guiding a needle.",
        "Telling artery from vein, naming a nerve: neither is in the labels.",
        "Long-axis images, children, curved probes, colour Doppler.",
    ],
    "reference_standard": "masks drawn by the authors of the data set; how many readers is not "
    "stated. Class names are read from the pictures: the source gives no key.",
    "limits": [
        "One scanner model (Mindray TE7, L14-6Ns), one examiner, healthy volunteers of unknown "
        "number and age: other machines, presets and diseases are untested.",
        "Figures by sex, age or body mass cannot be given: the source states none.",
        "Volunteers are not named, so the split is by look; two regions of one person may stand "
        "on both sides.",
        "Confidence is the network's own probability; its calibration is not established.",
        "The recipe, and below which probability a pixel or an island is dropped, were chosen on "
        "folds 0 to 3, so the figures of these are slightly optimistic; fold 4 took no part.",
    ],
}
