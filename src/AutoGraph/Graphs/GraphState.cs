using AutoGraph.Torch.Attention;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>What step 3 made: the sides, the graph and its weights. Travels to step 4 as an annotation of the graph-vector columns.</summary>
/// <param name="Users">The user side.</param>
/// <param name="Items">The item side.</param>
/// <param name="Model">Graph and attention.</param>
internal sealed record GraphState(FittedSide Users, FittedSide Items, MetapathGraphModel Model)
{
    internal const string Annotation = "AutoGraphState";

    /// <summary>The state in a schema, or null.</summary>
    internal static GraphState? Find(DataViewSchema schema)
    {
        foreach (var column in schema.Reverse())
            if (column.Annotations.Schema.GetColumnOrNull(Annotation) is { Type: HandleType })
            {
                GraphState? state = null;
                column.Annotations.GetValue(Annotation, ref state);
                return state;
            }
        return null;
    }

    internal static bool IsIn(SchemaShape schema) => schema.Any(column => column.Annotations.Any(annotation => annotation.Name == Annotation));

    /// <summary>An annotation's type: a reference that only this process can read, so savers leave it out.</summary>
    internal sealed class HandleType : StructuredDataViewType
    {
        internal static readonly HandleType Instance = new();

        private HandleType() : base(typeof(GraphState)) { }

        public override bool Equals(DataViewType? other) => other is HandleType;

        public override string ToString() => "AutoGraphState";
    }
}
