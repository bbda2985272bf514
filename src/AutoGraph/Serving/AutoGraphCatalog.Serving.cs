using Microsoft.ML;

namespace AutoGraph;

public sealed partial class AutoGraphCatalog
{
    /// <summary>An engine that answers with the best items for a user, and takes new users and items.</summary>
    /// <param name="model">A fitted or loaded model with a recommender in it.</param>
    /// <param name="logPath">
    /// A file for changes (<see cref="RecommendationEngine.AddItems(IReadOnlyList{NewItem})"/> and the like), made where it is not there; the changes in it are
    /// made again. Null: changes are forgotten with the engine.
    /// </param>
    /// <param name="options">How it works; null: the defaults.</param>
    /// <exception cref="ArgumentException">There is no recommender in the model, or an option is out of range.</exception>
    /// <exception cref="InvalidOperationException">The options ask for an index over codes that the model does not have.</exception>
    /// <exception cref="InvalidDataException">The log is damaged before its end, or belongs to another model; nothing in it was changed.</exception>
    /// <exception cref="IOException">Another engine has the log open.</exception>
    public RecommendationEngine CreateEngine(ITransformer model, string? logPath = null, EngineOptions? options = null)
    {
        (options ??= EngineOptions.Default).Validate();
        var recommender = TransformerSearch.Recommender(model);
        var engine = new RecommendationEngine(_context, recommender, TransformerSearch.Flatten(model).OfType<MetapathGraphTransformer>().LastOrDefault(), logPath, options);
        Environment.Log("Engine", [$"serving {engine.Snapshot.Items.Ids.Count} items to {engine.Snapshot.Users.Ids.Count} known users."],
            engine.CutLogBytes == 0 ? [] : [$"'{logPath}': {engine.CutLogBytes} bytes at the end were cut, a change that was not written to its end."]);
        return engine;
    }
}
