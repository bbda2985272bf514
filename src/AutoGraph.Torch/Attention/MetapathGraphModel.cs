using System.Runtime.InteropServices;
using AutoGraph.Core.Codes;
using AutoGraph.Core.Graphs;
using AutoGraph.Core.Persistence;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Enhancements;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Attention;

/// <summary>A factor graph with the weights of its metapath attention and the graph vectors they give.</summary>
/// <remarks>Immutable once made; safe for concurrent use.</remarks>
public sealed class MetapathGraphModel
{
    private const int OptionCount = 17, OptionCountOfOneLayer = 13;      // files of earlier versions: one layer, no dropout
    private readonly TensorDictionary _weights;

    private MetapathGraphModel(FactorGraph graph, MetapathGraphOptions options, int seed, TensorDictionary weights, float[] users, float[] items) =>
        (Graph, Options, Seed, _weights, UserVectors, ItemVectors) = (graph, options, seed, weights, users, items);

    /// <summary>The graph.</summary>
    public FactorGraph Graph { get; }

    /// <summary>The options it was made with; after loading, those that shape the model, the others at their defaults.</summary>
    public MetapathGraphOptions Options { get; }

    /// <summary>Seed of the neighbours that the graph vectors read where inference samples them.</summary>
    internal int Seed { get; }

    /// <summary>Whether the weights are those it began with: a recommender is to train them. Not stored.</summary>
    internal bool IsUntrained { get; private init; }

    /// <summary>Graph vectors of all users, [U, D].</summary>
    public ReadOnlyMemory<float> UserVectors { get; }

    /// <summary>Graph vectors of all items, [I, D].</summary>
    public ReadOnlyMemory<float> ItemVectors { get; }

    /// <summary>How much each path is used; null without <see cref="MetapathGraphOptions.Gates"/>.</summary>
    public MetapathGates? Gates => !Options.Gates ? null : new(Gate("userPath"), Gate("itemPath"), Gate("itemsToUsers"), Gate("usersToItems"))
    {
        LaterRounds = Options.Layers == 1 || !Options.Metapaths.HasFlag(Metapaths.Interaction) ? null
            : [.. Enumerable.Range(0, Options.Layers - 1).Select(round => new RoundGates(Gate($"laterItemsToUsers.{round}")!.Value, Gate($"laterUsersToItems.{round}")!.Value))],
    };

    private float? Gate(string path) => _weights.Contains(path + ".gate") ? _weights.Floats(path + ".gate", 1)[0] : null;

    /// <summary>A graph with initial weights; trained at once where the options say <see cref="GraphTraining.Standalone"/>.</summary>
    /// <param name="graph">The graph, built from training interactions.</param>
    /// <param name="options">Options; invalid ones throw an <see cref="ArgumentException"/> that lists all of them.</param>
    /// <param name="seed">Seed of weights, neighbours and negatives.</param>
    /// <param name="device">Where to train.</param>
    /// <param name="content">What texts say about the nodes; needed by <see cref="MetapathGraphOptions.ContentNodes"/> and read by nothing else.</param>
    /// <exception cref="ArgumentException">Options are invalid, the graph has another number of levels, or the content is missing or does not fit the graph.</exception>
    public static MetapathGraphModel Fit(FactorGraph graph, MetapathGraphOptions options, int seed, ComputeDevice device = default, GraphContent? content = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        options.Validate();
        if (graph.Levels != options.FactorLevels)
            throw new ArgumentException($"Expected a graph of {options.FactorLevels} levels, as {nameof(options.FactorLevels)} says, found {graph.Levels}. Make the graph with that number, or set the option to it.");
        content = options.ContentNodes ? content ?? new() : null;
        content?.Check(graph);
        using var scope = NewDisposeScope();
        using var attention = Create(graph, options, seed, content?.Scaled());
        var place = device.Resolve();
        attention.to(place);
        try
        {
            bool alone = options.Training == GraphTraining.Standalone;
            if (alone) new GraphPretraining(new GraphEnhancer(attention, graph, options, seed), graph, options, seed).Run(GraphCheckpoint.Of(options, graph, attention, seed));
            return From(graph, options, attention, seed, isUntrained: !alone);
        }
        catch (ExternalException error) when (DeviceMemory.IsOut(error))
        {
            throw DeviceMemory.Out(error, place, nameof(MetapathGraphOptions), options.BatchSize, $"{nameof(options.NeighborSample)}, {nameof(options.Layers)} or {nameof(options.Dimension)}");
        }
    }

    /// <summary>The model of an attention's current weights.</summary>
    internal static MetapathGraphModel From(FactorGraph graph, MetapathGraphOptions options, MetapathAttention attention, int seed, bool isUntrained = false)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        attention.eval();
        var weights = new TensorDictionary();
        ModuleState.Save(attention, weights);
        var (users, items) = attention.Propagate(MetapathEdges.ForInference(graph, options, seed));
        return new(graph, options with { Progress = null, CancellationToken = default }, seed, weights, HostMemory.ToArray<float>(users), HostMemory.ToArray<float>(items)) { IsUntrained = isUntrained };
    }

    /// <summary>A trainable copy of the attention; the caller disposes it.</summary>
    /// <param name="graph">The graph to run on: this model's, or one with the same nodes and fewer edges.</param>
    internal MetapathAttention Copy(FactorGraph graph)
    {
        var attention = Create(graph, Options, 0, Content);
        ModuleState.Load(attention, _weights);
        return attention;
    }

    /// <summary>The content of the nodes, as far as weights keep it: codebooks only count before training.</summary>
    private GraphContent? Content => Options.ContentNodes ? new() { Users = ContentOf("user"), Items = ContentOf("item") } : null;

    private NodeVectors? ContentOf(string side)
    {
        string name = $"{side}Content.vectors";
        return _weights.Contains(name) ? new(_weights.Floats(name, -1, -1), _weights.ShapeOf(name)[1]) : null;
    }

    /// <summary>Stores graph, options and weights.</summary>
    public TensorDictionary Save()
    {
        var target = new TensorDictionary();
        long dropout = BitConverter.DoubleToInt64Bits(Options.Dropout);
        int[] options =
        [
            (int)Options.Training, Options.FactorLevels, Options.Dimension, Options.Heads, Options.NeighborSample, (int)Options.Metapaths, Number(Options.Literal), Number(Options.FullNeighborhoods),
            (int)Options.UserNeighbors, Number(Options.AttentionV2), Number(Options.Pairwise), Number(Options.ContentNodes), Number(Options.Gates),
            Options.Layers, Seed, (int)dropout, (int)(dropout >> 32),
        ];
        target.Add("options", options, OptionCount);
        GraphTensors.Save(Graph, target);
        target.Add("vectors.users", UserVectors.ToArray(), Graph.UserCount, Options.Dimension);
        target.Add("vectors.items", ItemVectors.ToArray(), Graph.ItemCount, Options.Dimension);
        foreach (string name in _weights.Names) target.Add("weights." + name, _weights.Floats(name), [.. _weights.ShapeOf(name)]);
        return target;

        static int Number(bool choice) => choice ? 1 : 0;
    }

    /// <summary>Restores what <see cref="Save()"/> stored.</summary>
    /// <exception cref="InvalidDataException">An entry is missing or damaged; the message names it.</exception>
    public static MetapathGraphModel Load(TensorDictionary tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        int[] o = tensors.Ints("options", -1);
        if (o.Length == OptionCountOfOneLayer) o = [.. o, 1, 0, 0, 0];
        if (o.Length != OptionCount) throw new InvalidDataException($"Expected {OptionCountOfOneLayer} or {OptionCount} numbers in 'options', found {o.Length}.");
        var options = new MetapathGraphOptions
        {
            Training = (GraphTraining)o[0], FactorLevels = o[1], Dimension = o[2], Heads = o[3],
            NeighborSample = o[4], Metapaths = (Metapaths)o[5], Literal = o[6] != 0, FullNeighborhoods = o[7] != 0, UserNeighbors = (UserNeighbors)o[8],
            AttentionV2 = o[9] != 0, Pairwise = o[10] != 0, ContentNodes = o[11] != 0, Gates = o[12] != 0,
            Layers = o[13], Dropout = BitConverter.Int64BitsToDouble((uint)o[15] | ((long)o[16] << 32)),
        };
        try
        {
            options.Validate();
            var graph = GraphTensors.Load(tensors, options.FactorLevels);
            var weights = new TensorDictionary();
            foreach (string name in tensors.Names.Where(name => name.StartsWith("weights.", StringComparison.Ordinal)))
                weights.Add(name["weights.".Length..], tensors.Floats(name), [.. tensors.ShapeOf(name)]);
            var model = new MetapathGraphModel(graph, options, o[14], weights,
                tensors.Floats("vectors.users", graph.UserCount, options.Dimension), tensors.Floats("vectors.items", graph.ItemCount, options.Dimension));
            model.Content?.Check(graph);
            using (model.Copy(graph)) { }           // every weight is there and has the right shape
            return model;
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"The stored graph is damaged: {e.Message}", e);
        }
    }

    private static MetapathAttention Create(FactorGraph graph, MetapathGraphOptions options, int seed, GraphContent? content)
    {
        using var generator = new Generator(RandomStream.For(seed, "graph weights").NextBits() >> 1, CPU);
        return new MetapathAttention(graph, options, generator, content);
    }
}
