namespace AutoGraph;

/// <summary>Column names in a saved model.</summary>
internal static class InteractionColumnsIo
{
    private const string Name = "Columns";

    internal static void Save(PartWriter part, InteractionColumns columns) => part.State(Name, writer =>
    {
        writer.Write(columns.User);
        writer.Write(columns.Item);
        writer.Write(columns.Timestamp ?? "");
        writer.Write(columns.History);
    });

    internal static InteractionColumns Load(PartReader part) => part.State(Name, reader => new InteractionColumns
    {
        User = reader.ReadString(),
        Item = reader.ReadString(),
        Timestamp = reader.ReadString() is { Length: > 0 } time ? time : null,
        History = reader.ReadString(),
    });
}
