using AutoGraph.Core.Interpretation;
using AutoGraph.Core.Validation;
using Microsoft.ML;

namespace AutoGraph.Orleans;

/// <summary>How silos serve.</summary>
public sealed class ClusterOptions
{
    /// <summary>Name of the grain storage that models, users, items and knowledge are kept in: <c>AutoGraph</c>. Configure one of this name on each silo.</summary>
    public const string StorageName = "AutoGraph";

    /// <summary>
    /// Parts of the catalogue, 1 to 1,024; an item lies in the part that the hash of its id says. Each request asks all parts, so some per silo suffice. The same on all silos, and fixed
    /// with the first model that is published: a silo with another number serves nothing, and ends its host. Default 8.
    /// </summary>
    public int Shards { get; set; } = 8;

    /// <summary>Changes a loaded model before it serves, such as <see cref="AutoGraphCatalog.Attach"/> with encoder, chat client and store for new texts. Default null: nothing.</summary>
    public Func<AutoGraphCatalog, ITransformer, ITransformer>? Prepare { get; set; }

    /// <summary>Factors with names, told as reasons; see <see cref="EngineOptions.Factors"/>. Default none.</summary>
    public IReadOnlyList<FactorProfile> Factors { get; set; } = [];

    /// <summary>How long the old model stays after all silos have turned to the new one, for requests under way; 0 to 1 day. Default 30 s.</summary>
    public TimeSpan ReleaseAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Who answers prompts, and how fast; the same on all silos. Default null: this cluster generates no knowledge.</summary>
    public ClusterKnowledgeOptions? Knowledge { get; set; }

    /// <summary>Partitions of jobs (<see cref="JobCluster"/>) that this silo does at a time, 0 to 64; 0: others do them, and this one serves. Default 1.</summary>
    public int PartitionsAtATime { get; set; } = 1;

    /// <summary>How long a call waits for news at most, well below any response time-out.</summary>
    internal static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(2);

    /// <summary>Throws an <see cref="ArgumentException"/> that lists every invalid option.</summary>
    internal void Validate()
    {
        new Problems(nameof(ClusterOptions))
            .Range(nameof(Shards), Shards, 1, 1024)
            .Range(nameof(PartitionsAtATime), PartitionsAtATime, 0, 64)
            .Require(Factors is not null, $"{nameof(Factors)}: expected a list, found null")
            .Require(ReleaseAfter >= TimeSpan.Zero && ReleaseAfter <= TimeSpan.FromDays(1), $"{nameof(ReleaseAfter)}: expected 0 to 1 day, found {ReleaseAfter}")
            .Throw();
        Knowledge?.Validate();
    }
}
