namespace AutoGraph.Torch.Enhancements;

/// <summary>Widths of the vectors that enhancements give, one entry per vector; empty where they give none.</summary>
/// <param name="Users">Widths of the vectors of users.</param>
/// <param name="Items">Widths of the vectors of items.</param>
internal sealed record EnhancementWidths(int[] Users, int[] Items)
{
    /// <summary>No vectors.</summary>
    public static EnhancementWidths None { get; } = new([], []);
}
