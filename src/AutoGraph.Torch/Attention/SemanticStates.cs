using static TorchSharp.torch;


namespace AutoGraph.Torch.Attention;

/// <summary>Node states after the semantic paths (paper Eq. 7), as they are (H) and as the interaction paths read them (ELU of H).</summary>
/// <param name="Users">[U, D] H of users.</param>
/// <param name="Items">[I, D] H of items.</param>
/// <param name="ActiveUsers">[U, D].</param>
/// <param name="ActiveItems">[I, D].</param>
internal readonly record struct SemanticStates(Tensor Users, Tensor Items, Tensor ActiveUsers, Tensor ActiveItems);
