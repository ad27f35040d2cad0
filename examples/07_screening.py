"""Rank many candidates by one model, and ask which to measure next.

python examples/07_screening.py
"""

import clusteract as ca

known = ca.make_synthetic_table(80, seed=1)
candidates = ca.make_synthetic_table(500, seed=2, target=False)

model = ca.fit_model(known, ca.get_recipe("gp-additive"), inner_folds=5)
found = ca.screen(model, candidates, level=0.9, pick=3)
ranked = found.to_frame()
print(ranked.head(5).to_string(index=False))
print(f"{len(ranked)} candidates; the three to measure next:")
print(ranked[ranked["measure next"] > 0].to_string(index=False))
