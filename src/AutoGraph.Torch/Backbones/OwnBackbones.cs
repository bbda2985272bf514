using System.Collections.Concurrent;

namespace AutoGraph;

/// <summary>The backbones of this process from outside the library, by name. Files hold the name alone: whoever loads a model registers its backbone first.</summary>
/// <remarks>Safe for concurrent use.</remarks>
public static class OwnBackbones
{
    private static readonly ConcurrentDictionary<string, Func<OwnBackboneShape, OwnBackbone>> Known = new(StringComparer.Ordinal);

    /// <summary>Makes a backbone known; the same name again replaces it.</summary>
    /// <param name="name">What options and files call it.</param>
    /// <param name="create">Makes one with initial weights.</param>
    public static void Register(string name, Func<OwnBackboneShape, OwnBackbone> create)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(create);
        Known[name] = create;
    }

    internal static OwnBackbone Create(string name, OwnBackboneShape shape) =>
        Require(name)(shape) ?? throw new InvalidOperationException($"Expected a backbone from what was registered as '{name}', found null.");

    /// <summary>What makes a backbone; throws where nobody registered the name.</summary>
    internal static Func<OwnBackboneShape, OwnBackbone> Require(string name) => Known.TryGetValue(name, out var create) ? create
        : throw new InvalidOperationException($"Expected a backbone registered as '{name}', found {(Known.IsEmpty ? "none" : string.Join(", ", Known.Keys.Order(StringComparer.Ordinal)))}. Call {nameof(OwnBackbones)}.{nameof(Register)} first.");
}
