using AutoGraph.Orleans.Rollouts;
using Microsoft.Extensions.Options;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph.Orleans.Jobs;

/// <summary>Does one partition: reads its file, transforms it or answers its users, writes the output under a temporary name and moves it.</summary>
/// <remarks>Safe for concurrent use. The model of a job stays loaded until no job is left.</remarks>
internal sealed class PartitionWork(RecommendationCluster cluster, IOptions<ClusterOptions> options)
{
    private readonly Lock _gate = new();
    private (string Sha256, Task<ITransformer> Model)? _loaded;

    /// <returns>Rows of the output.</returns>
    internal async Task<long> DoAsync(JobTask task, CancellationToken stop)
    {
        var (definition, partition) = (task.Definition, task.Partition);
        string input = Path.Combine(definition.Input, partition.File);
        if (JobPartition.Of(input) != partition)
            throw new IOException($"Expected '{input}' as it was when the job began ({partition.Bytes} bytes of {partition.Written:u}), found another file. Begin a job of another name over the new files.");
        var context = new MLContext();
        var rows = context.Data.LoadFromParquet(input);
        var result = definition.Request is { } request
            ? context.Data.LoadFromEnumerable(new UserAnswers(cluster, request, stop).Of(IdsOf(rows, definition.UserColumn, input)))
            : Chosen(context, (await ModelOfAsync(definition).WaitAsync(stop)).Transform(rows), definition.Columns);
        stop.ThrowIfCancellationRequested();
        Directory.CreateDirectory(definition.Output);
        return await Task.Run(() => context.Data.SaveAsParquet(result, Path.Combine(definition.Output, partition.File), new() { CancellationToken = stop }), stop);
    }

    /// <summary>Lets the model go: there is no job.</summary>
    internal void Forget()
    {
        lock (_gate) _loaded = null;
    }

    private static IEnumerable<string> IdsOf(IDataView rows, string column, string input)
    {
        if (rows.Schema.GetColumnOrNull(column) is not { Type: TextDataViewType })
            throw new InvalidDataException($"Expected a text column '{column}' of user ids in '{input}', found {string.Join(", ", rows.Schema.Select(found => $"{found.Name} ({found.Type})"))}. Set {nameof(RecommendJob)}.{nameof(RecommendJob.UserColumn)}.");
        return rows.GetColumn<string>(column);
    }

    private static IDataView Chosen(MLContext context, IDataView result, string[]? columns) =>
        columns is null ? result : context.Transforms.SelectColumns(columns).Fit(result).Transform(result);

    private Task<ITransformer> ModelOfAsync(JobDefinition definition)
    {
        lock (_gate)
        {
            if (_loaded is { } loaded && loaded.Sha256 == definition.ModelSha256 && !loaded.Model.IsFaulted) return loaded.Model;
            var model = Task.Run(() => ModelHost.Load(definition.Model!, definition.ModelSha256!, options.Value.Prepare, out _));
            _loaded = (definition.ModelSha256!, model);
            return model;
        }
    }
}
