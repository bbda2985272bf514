namespace AutoGraph;

/// <summary>A value per row.</summary>
internal sealed class ScalarChunk<TFile, T>(ColumnSource source, ValueKind<TFile, T> kind) : TypedChunk<TFile, T, T>(source, kind) where TFile : struct where T : struct
{
    internal override void Arrange(long firstRow, Levels levels)
    {
        int defined = levels.Count;
        if (MaxDefinition > 0)
        {
            foreach (int level in levels.Definitions.AsSpan(0, levels.Count))
            {
                if ((uint)level > (uint)MaxDefinition) throw DamagedLevels();
                if (level < MaxDefinition) defined--;
            }
        }
        Spread(defined, levels.Count, firstRow, levels);
    }

    internal override void Get(int row, ref T value) => value = Values[row];
}
