using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>Marks columns of users that were made of training interactions: as features they would tell the target of each training sample, and of no later row.</summary>
internal static class FromTraining
{
    private const string Mark = "AutoGraphFromTraining";

    internal static DataViewSchema.DetachedColumn Column(string name, DataViewType type)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add(Mark, BooleanDataViewType.Instance, (ref bool value) => value = true);
        return new(name, type, annotations.ToAnnotations());
    }

    internal static bool Made(DataViewSchema.Column column) => column.Annotations.Schema.GetColumnOrNull(Mark) is not null;
}
