#!/usr/bin/env python3
"""Clusters and maps of features: dfprep beside Python peers, on the same rows, in the same run. See README.md.

Standard library alone; peers run in environments of their own under build/bench. Reports, and never fails on speed; exit
status 69 where dfprep is missing.
"""
import common
import kmeans
import mapped
import tsne

SECTIONS = {**kmeans.SECTIONS, "mapped": mapped, "t-SNE": tsne}

if __name__ == "__main__":
    common.run_sections(SECTIONS, __doc__, common.RESULTS, common.SCRATCH)
