namespace AutoGraph;

/// <summary>What turns vectors into codes (paper §3.2.2, Table 5). In each of them x̂ = Σ over the levels of the chosen code's vector.</summary>
public enum Quantizer
{
    /// <summary>Residual quantization in the hidden layer of an autoencoder trained with it (Eq. 4–5).</summary>
    RqVae,

    /// <summary>k-means on what the levels before have left, in the space of the input: no network.</summary>
    ResidualKMeans,

    /// <summary>Top-down k-means: level t has about K^(t/T) nodes, a code names its node and so the whole path above it.</summary>
    HierarchicalClustering,

    /// <summary>Signs of random projections (locality-sensitive hashing): 2^⌊log₂K⌋ codes per level, which learn nothing from the data.</summary>
    Lsh,
}
