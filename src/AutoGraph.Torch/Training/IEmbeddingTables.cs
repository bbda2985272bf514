using TorchSharp.Modules;

namespace AutoGraph.Torch.Training;

/// <summary>A module with tables whose rows belong to single users, items or categories: a rare one's row is learnt from few samples, so it may decay faster than weights that all share.</summary>
internal interface IEmbeddingTables
{
    /// <summary>The tables, [N, D] each.</summary>
    IEnumerable<Parameter> EmbeddingTables { get; }
}
