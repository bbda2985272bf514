using AutoGraph.Core.Validation;
using AutoGraph.Semantics.Knowledge;
using Microsoft.Extensions.AI;

namespace AutoGraph.Orleans;

/// <summary>The endpoint that all silos ask, with the limits that hold for all of them together.</summary>
public sealed record ClusterKnowledgeOptions
{
    /// <summary>The model, made once on each silo from its services.</summary>
    public required Func<IServiceProvider, IChatClient> Client { get; init; }

    /// <summary>
    /// Settings of the generators. <see cref="KnowledgeGeneratorOptions.Concurrency"/> and <see cref="KnowledgeGeneratorOptions.Budget"/> are those of the whole cluster: the
    /// budget is spent once, over all runs, and what was spent is kept; raise it to go on. Default: those of one machine.
    /// </summary>
    public KnowledgeGeneratorOptions Generator { get; init; } = new();

    /// <summary>Calls that may begin in a minute, in the whole cluster, 1 to 1,000,000, evenly spaced. Default null: no limit.</summary>
    public int? CallsPerMinute { get; init; }

    internal void Validate()
    {
        new Problems(nameof(ClusterKnowledgeOptions))
            .Require(Client is not null, $"{nameof(Client)}: expected a chat client, found null")
            .Require(Generator is not null, $"{nameof(Generator)}: expected settings, found null")
            .Range(nameof(CallsPerMinute), CallsPerMinute ?? 1, 1, 1_000_000)
            .Throw();
        Generator!.Validate();
    }
}
