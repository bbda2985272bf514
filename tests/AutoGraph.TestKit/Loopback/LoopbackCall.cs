namespace AutoGraph.TestKit.Loopback;

/// <summary>A chat completion asked of the loopback server.</summary>
/// <param name="Prompt">Text of the last message.</param>
/// <param name="Time">How often this prompt was asked by now, 1 for the first time.</param>
/// <param name="Number">Position among all calls, from 1.</param>
/// <param name="Model">The model asked for.</param>
/// <param name="Authorization">The header, or "".</param>
public sealed record LoopbackCall(string Prompt, int Time, int Number, string Model, string Authorization);
