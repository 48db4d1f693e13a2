"""Scan and learn in the browser: pages, a REST API and the store of exams behind them.

Local use needs no account and listens on loopback only; public use demands accounts and TLS.
"""
