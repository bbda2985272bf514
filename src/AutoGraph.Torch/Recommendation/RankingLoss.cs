namespace AutoGraph;

/// <summary>What training makes small: s⁺ is the score of a sample's positive, s_j those of its n negatives; the mean over a batch.</summary>
public enum RankingLoss
{
    /// <summary>−log(exp s⁺ / (exp s⁺ + Σ_j exp s_j)): the positive against negatives that are drawn (App. B).</summary>
    SampledSoftmax,

    /// <summary>The same against all other items; draws none. Work and no memory grow with the number of items.</summary>
    FullSoftmax,

    /// <summary>−(1/n) Σ_j log σ(s⁺ − s_j) (BPR; Rendle et al. 2009).</summary>
    Bpr,

    /// <summary>
    /// −½ log σ(s⁺) − (1/2n) Σ_j log σ(−s_j): binary cross-entropy over the positive and its negatives, which together weigh as much as it
    /// however many they are (with one negative the loss of SASRec; Kang and McAuley 2018).
    /// </summary>
    BinaryCrossEntropy,
}
