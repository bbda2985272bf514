using System.Text;
using System.Xml;
using AutoGraph.Core.Persistence;

namespace AutoGraph.Core.Graphs;

/// <summary>Writes a graph for other tools; factors without members are left out, each edge is written once.</summary>
/// <remarks>Files are written under a temporary name and moved. Stateless; safe for concurrent use.</remarks>
public static class GraphExport
{
    private const string Namespace = "http://graphml.graphdrawing.org/xmlns";

    /// <summary>
    /// Writes GraphML (Brandes et al. 2001), which Gephi, Cytoscape, yEd and NetworkX read: an undirected graph; the attributes "kind" and "id"
    /// of nodes hold what <see cref="GraphNode"/> does.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="path">The file; its folder must exist.</param>
    /// <exception cref="ArgumentException">An id has a character that XML cannot hold.</exception>
    public static void WriteGraphMl(NamedGraph graph, string path)
    {
        ArgumentNullException.ThrowIfNull(graph);
        AtomicFile.Write(path, stream =>
        {
            using var xml = XmlWriter.Create(stream, new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true, CloseOutput = false });
            xml.WriteStartElement("graphml", Namespace);
            Key(xml, "kind");
            Key(xml, "id");
            xml.WriteStartElement("graph");
            xml.WriteAttributeString("id", "autograph");
            xml.WriteAttributeString("edgedefault", "undirected");
            foreach (var node in graph.AllNodes())
            {
                xml.WriteStartElement("node");
                xml.WriteAttributeString("id", Name(graph, node));
                Data(xml, "kind", node.Kind.ToString());
                Data(xml, "id", node.Id);
                xml.WriteEndElement();
            }
            foreach (var (from, to) in graph.AllEdges())
            {
                xml.WriteStartElement("edge");
                xml.WriteAttributeString("source", Name(graph, from));
                xml.WriteAttributeString("target", Name(graph, to));
                xml.WriteEndElement();
            }
            xml.WriteEndElement();
            xml.WriteEndElement();
        });
    }

    /// <summary>
    /// Writes comma-separated lists (RFC 4180, UTF-8): nodes with the columns node, kind, id and edges with the columns source, target, which hold
    /// names of nodes.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="nodesPath">The file of nodes; its folder must exist.</param>
    /// <param name="edgesPath">The file of edges; its folder must exist.</param>
    public static void WriteCsv(NamedGraph graph, string nodesPath, string edgesPath)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Write(nodesPath, "node,kind,id", graph.AllNodes().Select(node => $"{Name(graph, node)},{node.Kind},{Quote(node.Id)}"));
        Write(edgesPath, "source,target", graph.AllEdges().Select(edge => $"{Name(graph, edge.From)},{Name(graph, edge.To)}"));
    }

    /// <summary>A name such as "u12" that suits every tool, whatever characters the id has.</summary>
    private static string Name(NamedGraph graph, GraphNode node) => (node.Kind switch
    {
        GraphNodeKind.User => "u",
        GraphNodeKind.Item => "i",
        GraphNodeKind.UserFactor => "uf",
        _ => "if",
    }) + FormattableString.Invariant($"{graph.PositionOf(node)}");

    private static void Write(string path, string header, IEnumerable<string> rows) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\r\n" };
        writer.WriteLine(header);
        foreach (string row in rows) writer.WriteLine(row);
    });

    private static string Quote(string value) => value.AsSpan().IndexOfAny(",\"\r\n") < 0 ? value : $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static void Key(XmlWriter xml, string name)
    {
        xml.WriteStartElement("key");
        xml.WriteAttributeString("id", name);
        xml.WriteAttributeString("for", "node");
        xml.WriteAttributeString("attr.name", name);
        xml.WriteAttributeString("attr.type", "string");
        xml.WriteEndElement();
    }

    private static void Data(XmlWriter xml, string key, string value)
    {
        xml.WriteStartElement("data");
        xml.WriteAttributeString("key", key);
        xml.WriteString(value);
        xml.WriteEndElement();
    }
}
