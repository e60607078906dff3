#!/usr/bin/env python3
"""Dividing samples: dfprep beside Python peers, on the same rows, in the same run. See README.md.

Standard library alone; peers run in environments of their own under build/bench. Reports, and never fails on speed; exit
status 69 where dfprep is missing.
"""
import common
import duplicates
import scanning
import stratification

SECTIONS = {"stratification": stratification, "copies": duplicates.COPIES, "hashing": duplicates.HASHING,
            "searching": duplicates.SEARCHING, "scanning": scanning}

if __name__ == "__main__":
    common.run_sections(SECTIONS, __doc__, common.RESULTS, common.SCRATCH)
