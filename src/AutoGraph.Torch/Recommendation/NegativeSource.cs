namespace AutoGraph;

/// <summary>Where a sample's negatives come from. Its positive is never among them.</summary>
public enum NegativeSource
{
    /// <summary>Drawn for each sample, all items alike (App. B).</summary>
    Uniform,

    /// <summary>Drawn for each sample, item i in proportion to (1 + its training interactions) to the power of <see cref="RecommenderOptions.PopularityPower"/>.</summary>
    Popularity,

    /// <summary>Drawn once per batch, all items alike; a sample leaves out those that are its positive. Many cost little: one matrix product scores them.</summary>
    SharedUniform,

    /// <summary>Drawn once per batch, in proportion as with <see cref="Popularity"/>.</summary>
    SharedPopularity,

    /// <summary>The positives of the batch's other samples; <see cref="RecommenderOptions.Negatives"/> is not read.</summary>
    InBatch,
}
