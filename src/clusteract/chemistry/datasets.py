"""The published tables of clusters: where each is downloaded from, and its hash."""

from __future__ import annotations

from types import MappingProxyType

from clusteract.table.domain import Dataset

DEFAULT_DATASET = "homonuclear-159-24"  # what "auto" looks for

_PINNED = (
    "https://raw.githubusercontent.com/kunlun-wu/mlms-final/"
    "142b81eba3daf9726f3e7d08c4d012894485e907/cluster_N2"
)


_TABLES = (
    Dataset(
        "homonuclear-159-24",
        "homonuclear-159-24features.xlsx",
        "Data-files",
        "481a40b98abf282170dbafb7d198155793f043be8323da1573b7ccaa35b0b380",
        "159 clusters of one metal, lg(k1), 24 descriptors: the table of the study",
        _PINNED,
    ),
    Dataset(
        "homonuclear-159-15",
        "homonuclear-159-15features.xlsx",
        "Data-files",
        "8f66e9af0ec90742ccb008c7a473e5ac08f2438070a6f14932fac09fc83bd2a0",
        "159 clusters of one metal, lg(k1), 15 descriptors for pairwise products",
        _PINNED,
    ),
    Dataset(
        "homonuclear-159-8",
        "homonuclear-159-8features.xlsx",
        "Data-files",
        "4ffd8d097d230bff5673f2678e758fe861e6a72e741f7fcd4527d23f9d3f7279",
        "159 clusters of one metal, lg(k1), 8 key descriptors",
        _PINNED,
    ),
    Dataset(
        "heteronuclear-57-15",
        "heteronuclear-57-15features.xlsx",
        "Data-files",
        "ec98564abf648e4da75bb5574715be4dbaf5383676116b8f4fc2d9d3c36771cc",
        "57 clusters of two metals, lg(k1), 15 descriptors, for transfer",
        _PINNED,
    ),
)
_FOLD_HASHES = (
    "f32b3f23a9f835290b62b4aef0448933fcd292f005c5f907eebb888bf4107dff",
    "6979c89a1c51624dbc9a5f94dd719962a01e223789b3b8da38fd8a96c4243300",
    "d574b407f3299f83d7ccb5aa98b373e1068c29646094b91109f058ca10bdaf69",
    "7572590362a7d8edcab2d2411234d8c1913489c34e55ec61e03a41b751f7165c",
    "045ea238bd1a36c75c7bc40fde551f611bef4d597f86e3f7a3fe56ce2929c08d",
    "49634cbb301d30f5d9fc732c62d6b8a23593ea603edb880a3ab8feea1a82df31",
    "45966580ce051ded1e91587918d1ad90b6d82afeb7974b36e4021d941e8d666e",
    "be1836a59fdd9e8b70e89b658a62b9fd6d6268a16e79ce6a31d1390d3bea2469",
    "c0c4d1ca32d82af0df8efc3dfd47fb234ad0777d5a628b79a78f039b19421432",
    "f2a5a6114f19f41f016ff3983ad812026caa17824b714cf6e8c95bf488c16a64",
)
_FOLDS = tuple(
    Dataset(
        f"fold-{k}",
        f"homonuclear-159-fold{k}-train-test.xlsx",
        "10fold-data",
        sha256,
        f"fold {k} of the reference's ten splits, sheets Train and Test, 8 descriptors",
        _PINNED,
    )
    for k, sha256 in enumerate(_FOLD_HASHES, start=1)
)

DATASETS = MappingProxyType({d.name: d for d in (*_TABLES, *_FOLDS)})
