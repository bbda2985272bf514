using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>Marks columns of users that were made of training interactions, and what our own steps make of such: as features they would tell the target of each training sample, and of no later row.</summary>
internal static class FromTraining
{
    private const string Mark = "AutoGraphFromTraining";

    internal static DataViewSchema.DetachedColumn Column(string name, DataViewType type) => Marked(new(name, type));

    /// <summary>The same column with the mark beside the annotations that it has.</summary>
    internal static DataViewSchema.DetachedColumn Marked(DataViewSchema.DetachedColumn column)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        if (column.Annotations is { } own) annotations.Add(own, _ => true);
        annotations.Add(Mark, BooleanDataViewType.Instance, (ref bool value) => value = true);
        return new(column.Name, column.Type, annotations.ToAnnotations());
    }

    internal static bool Made(DataViewSchema.Column column) => column.Annotations.Schema.GetColumnOrNull(Mark) is not null;
}
