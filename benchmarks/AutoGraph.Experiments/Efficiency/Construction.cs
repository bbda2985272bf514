namespace AutoGraph.Experiments;

/// <summary>A step of building a graph, or of adding one node to it, without language model.</summary>
internal sealed record ConstructionStep(string Name, double Seconds);

/// <summary>What it costs to build the graph of one method over one data set, and to add one node to it (paper Table 3).</summary>
/// <param name="Dataset">The data set.</param>
/// <param name="Method">The method, as on the command line.</param>
/// <param name="InitialOrder">Language-model calls to build it, as the paper writes it.</param>
/// <param name="InitialCalls">Calls to build it.</param>
/// <param name="Initial">Measured steps to build it.</param>
/// <param name="IncrementalOrder">Calls to add a node, as the paper writes it.</param>
/// <param name="IncrementalCalls">Calls to add a node; null where a node cannot be added.</param>
/// <param name="Incremental">Measured steps to add a node, seconds a node.</param>
/// <param name="Note">What else there is to know.</param>
internal sealed record Construction(
    string Dataset, string Method, string InitialOrder, long InitialCalls, ConstructionStep[] Initial, string IncrementalOrder, int? IncrementalCalls, ConstructionStep[] Incremental, string Note)
{
    /// <summary>Seconds to build it, everything but the language model.</summary>
    public double InitialSeconds => Initial.Sum(step => step.Seconds);

    /// <summary>Seconds to add a node, everything but the language model.</summary>
    public double IncrementalSeconds => Incremental.Sum(step => step.Seconds);
}
