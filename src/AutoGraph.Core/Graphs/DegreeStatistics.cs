using System.Globalization;
using MathNet.Numerics.Statistics;

namespace AutoGraph.Core.Graphs;

/// <summary>How many neighbours of one kind the nodes of another kind have.</summary>
/// <param name="Nodes">Number of nodes, those without neighbours included.</param>
/// <param name="Isolated">Number of nodes without neighbours.</param>
/// <param name="Mean">Mean degree over all nodes.</param>
/// <param name="Median">Median degree over all nodes.</param>
/// <param name="Largest">Largest degree.</param>
public sealed record DegreeStatistics(int Nodes, int Isolated, double Mean, double Median, int Largest)
{
    /// <summary>The statistics of the rows of a graph; zeros where it has none.</summary>
    public static DegreeStatistics Of(Adjacency edges)
    {
        ArgumentNullException.ThrowIfNull(edges);
        return Of([.. Degrees(edges)]);
    }

    /// <summary>The statistics of the rows that have neighbours: where a row without any is no node, such as a code that no codebook has.</summary>
    internal static DegreeStatistics OfConnected(Adjacency edges) => Of([.. Degrees(edges).Where(degree => degree > 0)]);

    private static IEnumerable<double> Degrees(Adjacency edges) => Enumerable.Range(0, edges.RowCount).Select(row => (double)edges.Degree(row));

    private static DegreeStatistics Of(double[] degrees) =>
        degrees.Length == 0 ? new(0, 0, 0, 0, 0) : new(degrees.Length, degrees.Count(degree => degree == 0), degrees.Mean(), degrees.Median(), (int)degrees.Max());

    /// <summary>All figures on one line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"mean {Mean:F1}, median {Median:F1}, largest {Largest:N0}, without any {Isolated:N0} of {Nodes:N0}");
}
