namespace AutoGraph.Core.Codes;

/// <summary>Latent-factor codes of N rows: one code per level, 0 ≤ code &lt; <see cref="CodebookSize"/>.</summary>
/// <remarks>Immutable by contract; safe for concurrent use.</remarks>
public sealed class CodeTable
{
    private readonly int[] _codes;     // [N, T]

    /// <summary>Wraps codes stored row by row.</summary>
    /// <param name="codes">[N · levels] codes, level by level within a row.</param>
    /// <param name="levels">Number of levels T.</param>
    /// <param name="codebookSize">Number of codes K per level.</param>
    /// <exception cref="ArgumentException">The length is no multiple of the levels, or a code is out of range.</exception>
    public CodeTable(int[] codes, int levels, int codebookSize)
    {
        ArgumentNullException.ThrowIfNull(codes);
        ArgumentOutOfRangeException.ThrowIfLessThan(levels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(codebookSize, 1);
        if (codes.Length % levels != 0)
            throw new ArgumentException($"Expected a multiple of {levels} codes, found {codes.Length}.", nameof(codes));
        for (int i = 0; i < codes.Length; i++)
            if ((uint)codes[i] >= (uint)codebookSize)
                throw new ArgumentException($"Expected codes from 0 to {codebookSize - 1}, found {codes[i]} in row {i / levels}, level {i % levels}.", nameof(codes));
        (_codes, Levels, CodebookSize) = (codes, levels, codebookSize);
    }

    /// <summary>Number of rows N.</summary>
    public int Count => _codes.Length / Levels;

    /// <summary>Number of levels T.</summary>
    public int Levels { get; }

    /// <summary>Number of codes K per level.</summary>
    public int CodebookSize { get; }

    /// <summary>All codes, [N, T] row by row.</summary>
    public ReadOnlySpan<int> Values => _codes;

    /// <summary>The codes of one row, [T].</summary>
    public ReadOnlySpan<int> Row(int row) => _codes.AsSpan(row * Levels, Levels);
}
