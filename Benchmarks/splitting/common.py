"""Places of this benchmark; the rest is what all share, ../harness.py."""
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from harness import BUILD, DFPREP, RESULTS as ALL_RESULTS, ROOT, environment, measure, missing, row, run_sections  # noqa: E402, F401

SCRATCH = BUILD / "splitting-tables"
RESULTS = ALL_RESULTS / "splitting.json"
