"""Training: data sets, networks, recipes, the loop, export. The only room that imports torch.

Nothing here is imported by the commands that only analyse.
"""
