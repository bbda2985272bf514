using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>Fills ML.NET's vector buffers.</summary>
internal static class VectorWriting
{
    internal static void Set<T>(this ref VBuffer<T> buffer, ReadOnlySpan<T> values)
    {
        var editor = VBufferEditor.Create(ref buffer, values.Length);
        values.CopyTo(editor.Values);
        buffer = editor.Commit();
    }

    internal static void SetTexts(this ref VBuffer<ReadOnlyMemory<char>> buffer, IReadOnlyList<string> texts)
    {
        var editor = VBufferEditor.Create(ref buffer, texts.Count);
        for (int i = 0; i < texts.Count; i++) editor.Values[i] = texts[i].AsMemory();
        buffer = editor.Commit();
    }
}
