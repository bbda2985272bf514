namespace AutoGraph;

/// <summary>How the codebooks of an RQ-VAE learn.</summary>
public enum CodebookUpdate
{
    /// <summary>By the gradient of ‖sg[r] − c‖² (Eq. 5).</summary>
    Gradient,

    /// <summary>As moving averages of the residuals that chose each code (van den Oord et al. 2017, App. A.1).</summary>
    MovingAverage,
}
