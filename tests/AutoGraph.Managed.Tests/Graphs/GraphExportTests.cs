using System.Globalization;
using System.Xml.Linq;
using AutoGraph.Core.Graphs;
using AutoGraph.TestKit;
using CsvHelper;
using Xunit;

namespace AutoGraph.Managed.Tests.Graphs;

public sealed class GraphExportTests : IDisposable
{
    private static readonly XNamespace Ml = "http://graphml.graphdrawing.org/xmlns";
    private readonly TempFolder _folder = new();

    private static readonly string[] Edges = ["u0 i0", "u0 i1", "u1 i0", "u0 uf0", "u0 uf5", "u1 uf0", "u1 uf4", "i0 if1", "i0 if3", "i1 if1", "i1 if3", "i2 if2", "i2 if3"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WriteGraphMl_SmallGraph_HasEveryNodeAndEdgeOnce()
    {
        GraphExport.WriteGraphMl(NamedGraphTests.Graph, _folder.File("graph.graphml"));
        var graph = XDocument.Load(_folder.File("graph.graphml")).Root!.Element(Ml + "graph")!;
        var nodes = graph.Elements(Ml + "node").ToDictionary(node => node.Attribute("id")!.Value, node => string.Join(' ', node.Elements(Ml + "data").Select(data => data.Value)));
        Assert.Equal(2 + 3 + 3 + 3, nodes.Count);
        Assert.Equal(("User ann", "Item a,\"b", "UserFactor 1.2", "ItemFactor 0.1"), (nodes["u0"], nodes["i2"], nodes["uf5"], nodes["if1"]));
        Assert.Equal(Edges, graph.Elements(Ml + "edge").Select(edge => $"{edge.Attribute("source")!.Value} {edge.Attribute("target")!.Value}"));
        Assert.Equal("undirected", graph.Attribute("edgedefault")!.Value);
        Assert.Equal(["kind", "id"], graph.Parent!.Elements(Ml + "key").Select(key => key.Attribute("id")!.Value));
    }

    [Fact]
    public void WriteCsv_SmallGraph_ReadsBackWhole()
    {
        GraphExport.WriteCsv(NamedGraphTests.Graph, _folder.File("nodes.csv"), _folder.File("edges.csv"));
        var nodes = Read("nodes.csv");
        Assert.Equal(["node", "kind", "id"], nodes[0]);
        Assert.Equal(["u0", "User", "ann"], nodes[1]);
        Assert.Equal(["i2", "Item", "a,\"b"], nodes[5]);
        Assert.Equal(1 + 11, nodes.Count);
        Assert.Equal([.. Edges.Prepend("source target")], Read("edges.csv").Select(row => string.Join(' ', row)));
    }

    [Fact]
    public void WriteGraphMl_IdThatXmlCannotHold_LeavesNoFile()
    {
        Assert.Throws<ArgumentException>(() => GraphExport.WriteGraphMl(NamedGraphTests.Make(["tea", "jam", "\u0001"]), _folder.File("graph.graphml")));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    private List<string[]> Read(string name)
    {
        using var parser = new CsvParser(new StreamReader(_folder.File(name)), CultureInfo.InvariantCulture);
        var rows = new List<string[]>();
        while (parser.Read()) rows.Add(parser.Record!);
        return rows;
    }
}
