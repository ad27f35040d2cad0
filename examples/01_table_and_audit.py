"""Look at a table before believing it: names, formulas, levels, what cannot be true.

python examples/01_table_and_audit.py [TABLE]
"""

import sys

import clusteract as ca

table = ca.load_table(sys.argv[1] if len(sys.argv) > 1 else "synthetic")
print(f"{table.label}: {table.n_rows} clusters, {table.n_descriptors} descriptors")
cores = table.domain.groupings["core"](table)
print(f"cores: {', '.join(sorted(set(cores))[:6])}, ...")

formula = ca.parse_formula(table.names[0])
print(f"{formula.label}: metals {dict(formula.metals)}, ligands {dict(formula.ligands)}")

report = ca.audit(table)
print(report.summary_line())
for cause in report.causes[:5]:
    print(f"- {cause.severity}: {cause.text}")
