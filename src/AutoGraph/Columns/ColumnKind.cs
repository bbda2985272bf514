using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>What a column must hold to play its part, in words for errors too.</summary>
internal sealed class ColumnKind
{
    private readonly Func<DataViewType, bool, bool, bool> _accepts;   // item type, is vector, is key

    private readonly string _ifMissing;

    private ColumnKind(string expected, string remedy, Func<DataViewType, bool, bool, bool> accepts, string ifMissing = "Rename a column, or name another one.") =>
        (Expected, Remedy, _accepts, _ifMissing) = (expected, remedy, accepts, ifMissing);

    internal static readonly ColumnKind Id = new("an id: text, a key or a whole number",
        "Convert it with Conversion.ConvertType to DataKind.String.", (item, vector, key) => !vector && (key || item is TextDataViewType || IsWhole(item)));

    internal static readonly ColumnKind Ids = new("a vector of ids: text, keys or whole numbers",
        "Give it as a vector of text, oldest first.", (item, vector, key) => vector && (key || item is TextDataViewType || IsWhole(item)));

    internal static readonly ColumnKind Text = new("text",
        "Convert it with Conversion.ConvertType to DataKind.String, or name another column.", (item, vector, _) => !vector && item is TextDataViewType);

    internal static readonly ColumnKind Terms = new("text, or a vector of text or keys",
        "Name a column of descriptions or of tags.", (item, vector, key) => item is TextDataViewType || vector && key);

    internal static readonly ColumnKind Vector = new("a vector of Single",
        "Convert it with Conversion.ConvertType to DataKind.Single, or join number columns with Concatenate.", (item, vector, key) => vector && !key && item == NumberDataViewType.Single);

    internal static readonly ColumnKind Numeric = new("a vector of numbers or booleans",
        "Convert it with Conversion.ConvertType to DataKind.Single.", (item, vector, key) => vector && !key && item is NumberDataViewType or BooleanDataViewType);

    internal static readonly ColumnKind Codes = new("a vector of keys",
        MakeCodes, (_, vector, key) => vector && key, ifMissing: MakeCodes);

    internal static readonly ColumnKind Time = new("a time: a number, DateTime or DateTimeOffset",
        "Convert it, or set the timestamp column to null to use the order of the rows.",
        (item, vector, key) => !vector && !key && (item is NumberDataViewType || item is DateTimeDataViewType || item is DateTimeOffsetDataViewType));

    private const string MakeCodes = "Make it with ResidualQuantizer, or give the side table a pipeline that does.";

    internal string Expected { get; }

    internal string Remedy { get; }

    /// <summary>Finds a column and checks its type.</summary>
    /// <param name="schema">The schema at hand.</param>
    /// <param name="name">The column's name.</param>
    /// <param name="role">What it is needed for, such as "the user id".</param>
    internal DataViewSchema.Column Require(DataViewSchema schema, string name, string role)
    {
        var column = schema.GetColumnOrNull(name) ?? throw Missing(name, role, schema.Where(c => !c.IsHidden).Select(c => c.Name));
        return Accepts(column.Type) ? column : throw WrongType(name, role, column.Type.ToString()!);
    }

    /// <inheritdoc cref="Require(DataViewSchema, string, string)"/>
    internal SchemaShape.Column Require(SchemaShape schema, string name, string role)
    {
        if (!schema.TryFindColumn(name, out var column)) throw Missing(name, role, schema.Select(c => c.Name));
        if (_accepts(column.ItemType, column.Kind != SchemaShape.Column.VectorKind.Scalar, column.IsKey)) return column;
        string item = column.IsKey ? $"Key<{column.ItemType}>" : column.ItemType.ToString()!;
        throw WrongType(name, role, column.Kind == SchemaShape.Column.VectorKind.Scalar ? item : $"Vector<{item}>");
    }

    internal bool Accepts(DataViewType type)
    {
        var item = type is VectorDataViewType vector ? vector.ItemType : type;
        return _accepts(item, type is VectorDataViewType, item is KeyDataViewType);
    }

    internal static bool IsWhole(DataViewType item) => item is NumberDataViewType && item != NumberDataViewType.Single && item != NumberDataViewType.Double;

    private ArgumentException WrongType(string name, string role, string found) =>
        new($"Expected column '{name}' ({role}) to hold {Expected}; found {found}. {Remedy}");

    private ArgumentException Missing(string name, string role, IEnumerable<string> there) =>
        new($"Expected a column '{name}' ({role}); found {(there.Any() ? "only " + string.Join(", ", there.Distinct()) : "no columns")}. {_ifMissing}");
}
