using AutoGraph.Torch.Kernels;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Attention;

/// <summary>States of all nodes after the semantic paths (paper Eq. 7) or after a round of the interaction paths, as they are and as the next round reads them (ELU).</summary>
/// <param name="Users">[U, D] of users.</param>
/// <param name="Items">[I, D] of items.</param>
/// <param name="ActiveUsers">[U, D] what the next round reads of users.</param>
/// <param name="ActiveItems">[I, D] what the next round reads of items.</param>
internal readonly record struct NodeStates(Tensor Users, Tensor Items, Tensor ActiveUsers, Tensor ActiveItems)
{
    /// <summary>States after a round, [U, D] and [I, D].</summary>
    public static NodeStates After(Tensor users, Tensor items) => new(users, items, Scalars.Elu(users), Scalars.Elu(items));

    /// <summary>The same in the scope around the current one.</summary>
    public NodeStates MoveToOuterScope() =>
        new(Users.MoveToOuterDisposeScope(), Items.MoveToOuterDisposeScope(), ActiveUsers.MoveToOuterDisposeScope(), ActiveItems.MoveToOuterDisposeScope());
}
