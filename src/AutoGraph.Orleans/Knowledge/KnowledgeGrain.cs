using AutoGraph.Orleans.Storage;
using AutoGraph.Semantics.Knowledge;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Serialization;
using Orleans.Storage;

namespace AutoGraph.Orleans.Knowledge;

/// <summary>A row to be understood.</summary>
[GenerateSerializer, Immutable, Alias("autograph.knowledge.request")]
internal readonly record struct RequestMessage([property: Id(0)] string Id, [property: Id(1)] string Prompt);

[GenerateSerializer, Immutable, Alias("autograph.knowledge.failure")]
internal readonly record struct FailureMessage([property: Id(0)] string Id, [property: Id(1)] KnowledgeFailureKind Kind, [property: Id(2)] string Reason);

[GenerateSerializer, Immutable, Alias("autograph.knowledge.report")]
internal sealed record ReportMessage([property: Id(0)] int Rows, [property: Id(1)] int Asked, [property: Id(2)] int Calls, [property: Id(3)] int Cached, [property: Id(4)] FailureMessage[] Failures,
    [property: Id(5)] long InputTokens, [property: Id(6)] long OutputTokens, [property: Id(7)] int NotAsked, [property: Id(8)] KnowledgeStop Stopped, [property: Id(9)] decimal? Cost)
{
    internal static ReportMessage Of(KnowledgeReport report) => new(report.Rows, report.Asked, report.Calls, report.Cached, [.. report.Failures.Select(failure => new FailureMessage(failure.Id, failure.Kind, failure.Reason))],
        report.InputTokens, report.OutputTokens, report.NotAsked, report.Stopped, report.Cost);

    internal KnowledgeReport ToReport() => new(Rows, Asked, Calls, Cached, [.. Failures.Select(failure => new KnowledgeFailure(failure.Id, failure.Kind, failure.Reason))], InputTokens, OutputTokens)
    { NotAsked = NotAsked, Stopped = Stopped, Cost = Cost };
}

/// <summary>One partition of the prompts.</summary>
[Alias("autograph.knowledge.grain")]
internal interface IKnowledgeGrain : IGrainWithIntegerKey
{
    /// <summary>Begins a run, unless it is under way here.</summary>
    /// <param name="run">The run.</param>
    /// <param name="promptVersion">Name and version of the prompt.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="partitions">How many partitions run beside each other, this one included.</param>
    [Alias("start")] Task StartAsync(Guid run, string promptVersion, RequestMessage[] rows, int partitions);

    /// <summary>The report of a run; null after a while where it is under way.</summary>
    /// <exception cref="KeyNotFoundException">The run is not known here: its silo died, and it must be started anew.</exception>
    [Alias("wait"), AlwaysInterleave] Task<ReportMessage?> WaitAsync(Guid run);

    /// <summary>Ends a run; answers so far are kept.</summary>
    [Alias("stop")] Task StopAsync(Guid run);

    /// <summary>Answers in the order of their keys: so many, or fewer where they are long.</summary>
    [Alias("read")] Task<StoredAnswer[]> ReadAsync(string after, int count);
}

/// <summary>Runs the generator of one machine over its prompts; the answers are in grain storage before they count.</summary>
/// <remarks>All partitions of a run begin in one moment: placement by load would judge them by the same old figures, and send every one to the silo that reported first.</remarks>
[Reentrant, RandomPlacement]
internal sealed class KnowledgeGrain(IOptions<ClusterOptions> options, IServiceProvider services, SharedChatClient client, Serializer<List<StoredAnswer>> serializer) : Grain, IKnowledgeGrain
{
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);
    private readonly Dictionary<Guid, (Task<KnowledgeReport> Report, CancellationTokenSource Stop)> _runs = [];
    private GrainKnowledgeStore _store = null!;

    public override async Task OnActivateAsync(CancellationToken cancellationToken) =>
        _store = await GrainKnowledgeStore.OpenAsync(services.GetRequiredKeyedService<IGrainStorage>(GuardedStorage.Name), $"knowledge/{this.GetPrimaryKeyLong()}", serializer);

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        foreach (var run in _runs.Values) await run.Stop.CancelAsync();
        await Task.WhenAll(_runs.Values.Select(run => ((Task)run.Report).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default)));
        foreach (var run in _runs.Values) run.Stop.Dispose();
    }

    public Task StartAsync(Guid run, string promptVersion, RequestMessage[] rows, int partitions)
    {
        if (_runs.ContainsKey(run)) return Task.CompletedTask;
        var knowledge = options.Value.Knowledge ?? throw new InvalidOperationException($"Expected {nameof(ClusterOptions)}.{nameof(ClusterOptions.Knowledge)} on every silo, found null: set the chat client that is asked.");
        var ledger = new SharedLedger(GrainFactory.GetGrain<IEndpointGrain>(0));
        var generator = new KnowledgeGenerator(client.Of(knowledge), _store, promptVersion, PartOf(knowledge.Generator, partitions) with { Ledger = () => ledger });
        var stop = new CancellationTokenSource();
        KnowledgeRequest[] requests = [.. rows.Select(row => new KnowledgeRequest(row.Id, row.Prompt))];
        var token = stop.Token;
        _runs.Add(run, (Task.Run(GenerateAsync, CancellationToken.None), stop));
        return Task.CompletedTask;

        async Task<KnowledgeReport> GenerateAsync()
        {
            var report = await generator.GenerateAsync(requests, null, token);
            await ledger.SettledAsync();
            return report;
        }
    }

    // twice its share of the calls in flight: enough that all of them are used, and few that wait at the endpoint
    private static KnowledgeGeneratorOptions PartOf(KnowledgeGeneratorOptions all, int partitions) => all with
    {
        Concurrency = Math.Clamp((2 * all.Concurrency + partitions - 1) / partitions, 1, all.Concurrency),
        CircuitThreshold = all.CircuitThreshold ?? all.Concurrency * (all.MaxRetries + 1),
    };

    public async Task<ReportMessage?> WaitAsync(Guid run)
    {
        if (!_runs.TryGetValue(run, out var known)) throw new KeyNotFoundException($"Expected a run that was started here, found none with the id {run}.");
        DelayDeactivation(Idle);
        if (await Task.WhenAny(known.Report, Task.Delay(ClusterOptions.LongestPoll)) != known.Report) return null;
        try
        {
            return ReportMessage.Of(await known.Report);
        }
        catch (InconsistentStateException)
        {
            DeactivateOnIdle();             // another activation wrote answers: read them
            throw;
        }
        finally
        {
            _runs.Remove(run);
            known.Stop.Dispose();
        }
    }

    public async Task StopAsync(Guid run)
    {
        if (_runs.TryGetValue(run, out var known)) await known.Stop.CancelAsync();
    }

    public Task<StoredAnswer[]> ReadAsync(string after, int count)
    {
        long characters = 0;
        return Task.FromResult<StoredAnswer[]>([.. _store.ReadAll().SkipWhile(record => string.CompareOrdinal(record.Key, after) <= 0).Take(count)
            .TakeWhile((record, number) => (characters += record.Prompt.Length + record.Text.Length) <= RequestParts.MostCharacters || number == 0).Select(StoredAnswer.Of)]);
    }
}

/// <summary>The chat client of a silo.</summary>
internal sealed class SharedChatClient(IServiceProvider services) : IDisposable
{
    private readonly Lock _gate = new();
    private IChatClient? _client;

    internal IChatClient Of(ClusterKnowledgeOptions options)
    {
        lock (_gate) return _client ??= options.Client(services);
    }

    public void Dispose() => _client?.Dispose();
}
