using AutoGraph.Orleans.Knowledge;
using AutoGraph.Orleans.Serving;
using AutoGraph.Semantics.Knowledge;

namespace AutoGraph.Orleans;

/// <summary>Knowledge generation as the work of all silos, which share one endpoint's rate, calls in flight and budget; each silo runs <see cref="KnowledgeGenerator"/> over its part of the prompts.</summary>
/// <remarks>
/// Safe for concurrent use. An answer is in grain storage before it counts. A silo that dies loses the calls in flight, and its part goes on elsewhere; of the report, what that
/// part had done until then counts as cached. Equal prompts are asked for once.
/// </remarks>
public sealed class KnowledgeCluster
{
    private const int Partitions = 64, ReadAtATime = 500;
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(200);
    private readonly IGrainFactory _grains;

    /// <summary>Creates one; usually the container does (<see cref="ClusterHosting"/>).</summary>
    /// <param name="grains">The client of the cluster, or a silo's grain factory.</param>
    public KnowledgeCluster(IGrainFactory grains)
    {
        ArgumentNullException.ThrowIfNull(grains);
        _grains = grains;
    }

    /// <summary>Answers every row that has no answer yet; goes on through the loss of silos and storage until the token stops it.</summary>
    /// <param name="promptVersion">Name and version of the prompt (<c>PromptTemplate.Id</c>).</param>
    /// <param name="rows">The rows.</param>
    /// <param name="cancellationToken">Stops the run; answers so far are kept.</param>
    /// <returns>What was done, summed over all partitions.</returns>
    /// <exception cref="ArgumentException">A prompt is blank or has more than 20,000,000 characters, or the silos do not know the id of the model.</exception>
    /// <exception cref="InvalidOperationException">The silos have no <see cref="ClusterOptions.Knowledge"/>.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public async Task<KnowledgeReport> GenerateAsync(string promptVersion, IEnumerable<KnowledgeRequest> rows, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(promptVersion);
        ArgumentNullException.ThrowIfNull(rows);
        KnowledgeRequest[] all = [.. rows];
        if (Array.Find(all, row => string.IsNullOrWhiteSpace(row.Prompt)) is { } blank)
            throw new ArgumentException($"Expected a prompt for row '{blank.Id}', found a blank one.", nameof(rows));
        // Orleans does not tell a message that it cannot send from one that is on its way for long
        if (Array.Find(all, row => row.Prompt.Length > RequestParts.LongestPrompt) is { } tooLong)
            throw new ArgumentException($"Expected a prompt of at most {RequestParts.LongestPrompt:N0} characters for row '{tooLong.Id}', found {tooLong.Prompt.Length:N0}: it would not fit into a message. Shorten it.", nameof(rows));
        IGrouping<int, KnowledgeRequest>[] parts = [.. all.GroupBy(row => ShardHash.Of(row.Prompt, Partitions))];
        var perPart = await Task.WhenAll(parts.Select(part => GenerateAllAsync(part.Key, promptVersion, [.. part.Select(row => new RequestMessage(row.Id, row.Prompt))], parts.Length, cancellationToken))).ConfigureAwait(false);
        KnowledgeReport[] reports = [.. perPart.SelectMany(part => part)];
        var order = all.Index().GroupBy(row => row.Item.Id, row => row.Index, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        return new(all.Length, reports.Sum(report => report.Asked), reports.Sum(report => report.Calls), reports.Sum(report => report.Cached),
            [.. reports.SelectMany(report => report.Failures).OrderBy(failure => order[failure.Id])], reports.Sum(report => report.InputTokens), reports.Sum(report => report.OutputTokens))
        {
            NotAsked = reports.Sum(report => report.NotAsked),
            Stopped = reports.Select(report => report.Stopped).DefaultIfEmpty(KnowledgeStop.None).Max(),
            Cost = reports.Any(report => report.Cost is not null) ? reports.Sum(report => report.Cost ?? 0) : null,
        };
    }

    /// <summary>Copies all answers into a store that pipelines read.</summary>
    /// <param name="store">Where to; answers that are there already stay.</param>
    /// <param name="cancellationToken">Stops it; what was copied stays.</param>
    /// <returns>How many were new.</returns>
    public async Task<int> CopyToAsync(IKnowledgeStore store, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        int added = 0;
        for (int partition = 0; partition < Partitions; partition++)
        {
            string after = "";
            for (StoredAnswer[] answers; ;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                answers = await _grains.GetGrain<IKnowledgeGrain>(partition).ReadAsync(after, ReadAtATime).ConfigureAwait(false);
                if (answers.Length == 0) break;
                KnowledgeRecord[] records = [.. answers.Select(answer => answer.ToRecord())];
                added += store.Add(records);
                after = records[^1].Key;
            }
        }
        return added;
    }

    /// <summary>Spent of the budget by all runs so far, and set aside for calls in flight; after the loss of a silo up to a hundredth of the budget (without one, of what was spent), and the calls in flight there, more than was paid.</summary>
    public Task<decimal> SpentAsync() => _grains.GetGrain<IEndpointGrain>(0).SpentAsync();

    // one message after the other, none of them large
    private async Task<List<KnowledgeReport>> GenerateAllAsync(int partition, string promptVersion, RequestMessage[] rows, int partitions, CancellationToken cancellationToken)
    {
        var reports = new List<KnowledgeReport>();
        foreach (var part in RequestParts.Of(rows))
        {
            // where the endpoint is away, the others are not tried
            reports.Add(reports.Any(report => report.Stopped == KnowledgeStop.EndpointDown)
                ? new(part.Length, 0, 0, 0, [], 0, 0) { NotAsked = part.Length, Stopped = KnowledgeStop.EndpointDown }
                : await GenerateAsync(partition, promptVersion, part, partitions, cancellationToken).ConfigureAwait(false));
        }
        return reports;
    }

    private async Task<KnowledgeReport> GenerateAsync(int partition, string promptVersion, RequestMessage[] rows, int partitions, CancellationToken cancellationToken)
    {
        var (grain, run) = (_grains.GetGrain<IKnowledgeGrain>(partition), Guid.NewGuid());
        try
        {
            for (bool isStarted = false; ;)
            {
                try
                {
                    if (!isStarted) await grain.StartAsync(run, promptVersion, rows, partitions).WaitAsync(cancellationToken).ConfigureAwait(false);
                    isStarted = true;
                    if (await grain.WaitAsync(run).WaitAsync(cancellationToken).ConfigureAwait(false) is { } report) return report.ToReport();
                }
                catch (Exception error) when (error is KeyNotFoundException && isStarted)
                {
                    isStarted = false;      // another silo has the partition by now
                }
                catch (Exception error) when (ClusterFaults.IsPassing(error, cancellationToken))
                {
                    isStarted = false;
                    await Task.Delay(Retry, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            grain.StopAsync(run).Ignore();
            throw;
        }
    }
}
