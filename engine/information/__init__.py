"""Information: surprisal and entropy, codes, channels. Units are in `base`: 2 bits, e nats."""

from engine.information.channel import (
    CapacityStep,
    binary_erasure_capacity,
    binary_symmetric_capacity,
    blahut_arimoto,
    capacity,
)
from engine.information.huffman import (
    Code,
    Merge,
    code_of,
    decode,
    encode,
    frequencies,
    huffman,
    huffman_merges,
)
from engine.information.measures import (
    conditional_entropy,
    cross_entropy,
    entropy,
    joint_entropy,
    js_divergence,
    kl_divergence,
    mutual_information,
    surprisal,
)
from engine.information.normals import (
    differential_entropy,
    multivariate_normal_kl,
    normal_entropy,
    normal_kl,
    normal_mutual_information,
)

__all__ = [
    "CapacityStep",
    "Code",
    "Merge",
    "binary_erasure_capacity",
    "binary_symmetric_capacity",
    "blahut_arimoto",
    "capacity",
    "code_of",
    "conditional_entropy",
    "cross_entropy",
    "decode",
    "differential_entropy",
    "encode",
    "entropy",
    "frequencies",
    "huffman",
    "huffman_merges",
    "joint_entropy",
    "js_divergence",
    "kl_divergence",
    "multivariate_normal_kl",
    "mutual_information",
    "normal_entropy",
    "normal_kl",
    "normal_mutual_information",
    "surprisal",
]
