namespace AutoGraph.Orleans;

/// <summary>A model file under a name.</summary>
/// <param name="Name">The name, never used for another file.</param>
/// <param name="Path">The file; every silo can read it at this path.</param>
/// <param name="Sha256">SHA-256 of the file, lowercase hexadecimal.</param>
/// <param name="DataUntil">Changes up to this moment of users and items that the model was fitted with are in its data, and not made again.</param>
[GenerateSerializer, Immutable, Alias("autograph.model")]
public sealed record ModelVersion([property: Id(0)] string Name, [property: Id(1)] string Path, [property: Id(2)] string Sha256, [property: Id(3)] DateTimeOffset DataUntil);

/// <summary>Which models a cluster serves.</summary>
/// <param name="Revision">Grows with each change.</param>
/// <param name="Active">What requests read; null before the first model is ready.</param>
/// <param name="Next">What is being loaded, or null.</param>
/// <param name="Retiring">What requests under way may still read.</param>
/// <param name="Failure">Why the last rollout stopped; null where it did not.</param>
[GenerateSerializer, Immutable, Alias("autograph.models")]
public sealed record RolloutStatus([property: Id(0)] long Revision, [property: Id(1)] ModelVersion? Active, [property: Id(2)] ModelVersion? Next, [property: Id(3)] IReadOnlyList<ModelVersion> Retiring,
    [property: Id(4)] string? Failure)
{
    internal static RolloutStatus Nothing { get; } = new(0, null, null, [], null);

    /// <summary>All of them, the active one first.</summary>
    internal IEnumerable<ModelVersion> All => ((IEnumerable<ModelVersion?>)[Active, Next, .. Retiring]).OfType<ModelVersion>();
}

/// <summary>What silos work by.</summary>
/// <param name="Status">The models.</param>
/// <param name="Shards">Parts of the catalogue; 0 before the first model is active.</param>
[GenerateSerializer, Immutable, Alias("autograph.models.answer")]
internal sealed record ClusterModels([property: Id(0)] RolloutStatus Status, [property: Id(1)] int Shards);

/// <summary>What a silo has.</summary>
/// <param name="Silo">The silo.</param>
/// <param name="Revision">What it knows; -1 to be answered at once.</param>
/// <param name="Loaded">Versions that it has.</param>
/// <param name="Shards">Its <see cref="ClusterOptions.Shards"/>.</param>
/// <param name="FailedVersion">The version that it could not load, or null.</param>
/// <param name="Failure">Why.</param>
/// <param name="Tried">The revision whose versions it loaded, or could not: of a later rollout the report says nothing.</param>
[GenerateSerializer, Immutable, Alias("autograph.silo.report")]
internal sealed record SiloReport([property: Id(0)] string Silo, [property: Id(1)] long Revision, [property: Id(2)] string[] Loaded, [property: Id(3)] int Shards, [property: Id(4)] string? FailedVersion, [property: Id(5)] string? Failure,
    [property: Id(6)] long Tried);
