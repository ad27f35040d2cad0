import pandas as pd

from clusteract.chemistry.formula import formulas_of
from clusteract.chemistry.groups import core
from clusteract.table import Table


def test_cores_group_clusters_and_other_names_stand_alone():
    names = ["Nb2S-", "Nb2C-", "Nb3", "reference"]
    table = Table.from_frame(pd.DataFrame({"c": names, "x": range(4)}), domain="clusters")
    assert core(table) == ("Nb2-", "Nb2-", "Nb3", "reference")
    assert formulas_of(table)[3] is None
