namespace AutoGraph;

/// <summary>Keys of records: the id, and <c>id#2</c>, <c>id#3</c>, … where it comes again at once, as users with several vectors do.</summary>
internal sealed class RecordKeys
{
    private string? _id;
    private int _number;

    internal string Next(string id)
    {
        (_id, _number) = id == _id ? (_id, _number + 1) : (id, 1);
        return _number == 1 ? id : $"{id}#{_number}";
    }
}
