using AutoGraph.Core.Features;
using AutoGraph.Core.Persistence;

namespace AutoGraph;

/// <summary>A change of an engine, with every value that follows from it: replaying it needs no model, encoder or pipeline.</summary>
internal abstract record Change
{
    private const byte BareItemTag = 1, UserTag = 2, HideTag = 3, ItemTag = 4;      // 1: of earlier versions, which kept no features of items

    /// <summary>Several changes that become visible together.</summary>
    internal static byte[] Write(IReadOnlyList<Change> changes)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream))
        {
            writer.Write(changes.Count);
            foreach (var change in changes) change.Write(writer);
        }
        return stream.ToArray();
    }

    /// <exception cref="InvalidDataException">The content is none of this version.</exception>
    internal static Change[] Read(byte[] content)
    {
        using var reader = new BinaryReader(new MemoryStream(content));
        var changes = new Change[reader.ReadInt32()];
        for (int i = 0; i < changes.Length; i++)
            changes[i] = reader.ReadByte() switch
            {
                BareItemTag => ItemChange.ReadBody(reader),
                ItemTag => ItemChange.ReadBody(reader) with { Features = ReadFeatures(reader) },
                UserTag => UserChange.ReadBody(reader),
                HideTag => new HideChange(reader.ReadBoolean(), reader.ReadInt32()),
                var tag => throw new InvalidDataException($"Expected a kind of change from {BareItemTag} to {ItemTag}, found {tag}: a newer AutoGraph wrote the log. Update the package AutoGraph."),
            };
        return changes;
    }

    private protected abstract void Write(BinaryWriter writer);

    private static void Write(BinaryWriter writer, float[] values)
    {
        writer.Write(values.Length);
        writer.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
    }

    private static void Write(BinaryWriter writer, int[] values)
    {
        writer.Write(values.Length);
        foreach (int value in values) writer.Write(value);
    }

    private static float[] Floats(BinaryReader reader)
    {
        var values = new float[reader.ReadInt32()];
        reader.BaseStream.ReadExactly(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    private static int[] Ints(BinaryReader reader)
    {
        var values = new int[reader.ReadInt32()];
        for (int i = 0; i < values.Length; i++) values[i] = reader.ReadInt32();
        return values;
    }

    private static void Write(BinaryWriter writer, FeatureTable? row)
    {
        using var features = new MemoryStream();
        if (row is not null)
        {
            var tensors = new TensorDictionary();
            FeatureTensors.Save(row, tensors, "");
            tensors.Write(features);
        }
        writer.Write((int)features.Length);
        writer.Write(features.GetBuffer(), 0, (int)features.Length);
    }

    private static FeatureTable? ReadFeatures(BinaryReader reader) =>
        reader.ReadInt32() is > 0 and var length ? FeatureTensors.Load(TensorDictionary.Read(new MemoryStream(reader.ReadBytes(length))), "") : null;

    /// <summary>An item that joined, came back or changed.</summary>
    /// <param name="Position">Its position; the number of items where it is new.</param>
    /// <param name="Id">Its id.</param>
    /// <param name="Codes">[T], or empty without codes.</param>
    /// <param name="Row">What stands in the tables.</param>
    /// <param name="Content">[V] the centred semantic vector; zeros where there is none, empty where the model has none.</param>
    /// <param name="Users">Positions of the users who interacted with it; null: those of the fit.</param>
    internal sealed record ItemChange(int Position, string Id, int[] Codes, Torch.Insertion.ItemRow Row, float[] Content, int[]? Users) : Change
    {
        /// <summary>One row of features; null: that of the fit, or, of an item that joined by an earlier version, not kept.</summary>
        internal FeatureTable? Features { get; init; }

        private protected override void Write(BinaryWriter writer)
        {
            writer.Write(ItemTag);
            writer.Write(Position);
            writer.Write(Id);
            Write(writer, Codes);
            foreach (float[] values in (float[][])[Row.Vector, Row.History, Row.State, Row.Node, Content]) Write(writer, values);
            writer.Write(Users is not null);
            if (Users is not null) Write(writer, Users);
            Write(writer, Features);
        }

        internal static ItemChange ReadBody(BinaryReader reader) => new(reader.ReadInt32(), reader.ReadString(), Ints(reader),
            new(Floats(reader), Floats(reader), Floats(reader), Floats(reader)), Floats(reader), reader.ReadBoolean() ? Ints(reader) : null);
    }

    /// <summary>A user that joined, came back or changed.</summary>
    /// <param name="Position">The position; the number of users where the user is new.</param>
    /// <param name="Id">The id.</param>
    /// <param name="Codes">[T], or empty without codes.</param>
    /// <param name="Row">What stands in the tables.</param>
    /// <param name="History">Positions of items, oldest first.</param>
    /// <param name="Features">One row of features; null: that of the fit.</param>
    internal sealed record UserChange(int Position, string Id, int[] Codes, Torch.Insertion.UserRow Row, int[] History, FeatureTable? Features) : Change
    {
        /// <summary>The change without anything that tells of the user.</summary>
        internal UserChange Blank() => this with { Codes = [], Row = new(new float[Row.State.Length], new float[Row.Node.Length]), History = [], Features = null };

        private protected override void Write(BinaryWriter writer)
        {
            writer.Write(UserTag);
            writer.Write(Position);
            writer.Write(Id);
            Write(writer, Codes);
            Write(writer, Row.State);
            Write(writer, Row.Node);
            Write(writer, History);
            Write(writer, Features);
        }

        internal static UserChange ReadBody(BinaryReader reader) => new(reader.ReadInt32(), reader.ReadString(), Ints(reader), new(Floats(reader), Floats(reader)), Ints(reader), ReadFeatures(reader));
    }

    /// <summary>An item or user that is no longer shown.</summary>
    /// <param name="IsItem">Whether it is an item.</param>
    /// <param name="Position">Its position.</param>
    internal sealed record HideChange(bool IsItem, int Position) : Change
    {
        private protected override void Write(BinaryWriter writer)
        {
            writer.Write(HideTag);
            writer.Write(IsItem);
            writer.Write(Position);
        }
    }
}
