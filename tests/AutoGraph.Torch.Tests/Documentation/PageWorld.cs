using AutoGraph.Semantics.Knowledge;
using AutoGraph.Torch.Tests.MlNet;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.ML;

namespace AutoGraph.Torch.Tests.Documentation;

/// <summary>The names that the blocks of the pages use without declaring them; docs/README.md tells readers what they are.</summary>
/// <param name="fixture">The world behind them.</param>
public abstract class PageWorld(PageFixture fixture)
{
    private readonly Lazy<(IDataView Past, IDataView Clicks, IDataView LaterClicks)> _clicks = new(() => ExistingPipeline.Clicks.Split(fixture.World.Context, fixture.World.Data));
    private readonly Lazy<RecommendationEngine> _engine = new(() => fixture.World.AutoGraph.CreateEngine(fixture.World.Model));

    protected MLContext mlContext => fixture.World.Context;

    protected AutoGraphCatalog autoGraph => fixture.World.AutoGraph;

    /// <summary>The sample world.</summary>
    protected RecommendationData data => fixture.World.Data;

    protected IDataView interactions => data.Interactions;

    protected IDataView users => data.Users;

    protected IDataView items => data.Items;

    /// <summary>Interactions that are earlier than <see cref="clicks"/>.</summary>
    protected IDataView past => _clicks.Value.Past;

    /// <summary>Rows of a click model: UserId, ItemId, Label and the feature Readers.</summary>
    protected IDataView clicks => _clicks.Value.Clicks;

    /// <summary>Such rows, later than <see cref="clicks"/>.</summary>
    protected IDataView laterClicks => _clicks.Value.LaterClicks;

    protected InteractionSplit split => fixture.World.Split;

    protected IDataView train => split.Train;

    protected IDataView test => split.Test;

    /// <summary>Steps 1 and 2.</summary>
    protected IEstimator<ITransformer> codes => fixture.World.Codes();

    /// <summary>A fitted model of all four steps.</summary>
    protected ITransformer model => fixture.World.Model;

    /// <summary>Its step 3.</summary>
    protected MetapathGraphTransformer graph => ((IEnumerable<ITransformer>)model).OfType<MetapathGraphTransformer>().Single();

    /// <summary>An engine of it.</summary>
    protected RecommendationEngine engine => _engine.Value;

    protected IChatClient chatClient => fixture.ChatClient;

    protected IEmbeddingGenerator<string, Embedding<float>> encoder => fixture.Encoder;

    protected IKnowledgeStore store { get; } = new InMemoryKnowledgeStore();

    /// <summary>An application's builder, as far as pages use it.</summary>
    protected ApplicationBuilder builder { get; } = new();

    /// <summary>A method without a graph, as far as pages compare it.</summary>
    protected IEstimator<ITransformer> Plain(int seed) => autoGraph.Recommender(new SideTable(users, "UserId"), new SideTable(items, "ItemId"), TrainedWorld.Recommender with { Epochs = 1, Seed = seed });

    /// <summary>The same with a graph.</summary>
    protected IEstimator<ITransformer> WithGraph(int seed) =>
        autoGraph.MetapathGraph(fixture.World.Users, fixture.World.Items, TrainedWorld.Graph with { Seed = seed }).Append(autoGraph.Recommender(TrainedWorld.Recommender with { Epochs = 1, Seed = seed }));

    /// <summary>Holds services.</summary>
    protected sealed class ApplicationBuilder
    {
        public IServiceCollection Services { get; } = new ServiceCollection();
    }
}
