namespace Knowledge;

/// <summary>The command line.</summary>
internal sealed record Settings
{
    /// <summary>Null: a loopback server in this process.</summary>
    public Uri? Endpoint { get; init; }
    public required string Model { get; init; }
    public string? Key { get; init; }
    public required string Store { get; init; }
    public string? Table { get; init; }
    public string? Id { get; init; }
    public required string Prompt { get; init; }
    public int Concurrency { get; init; }
    public int MaxOutputTokens { get; init; }
    public double? TokensPerSecond { get; init; }
    public string? Prices { get; init; }
    public decimal? Budget { get; init; }
    public TimeSpan Lease { get; init; }
    public string? Export { get; init; }
    public bool EstimateOnly { get; init; }
    public bool AskFirst { get; init; }
}
