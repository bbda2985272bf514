using AutoGraph.Core.Features;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Attention;

/// <summary>What nodes say about themselves, added to their embeddings: e_n + P v_n. New and unknown nodes have the unknown embedding and their own v_n.</summary>
internal sealed class NodeContent : nn.Module
{
    private readonly Parameter projection;          // [D, V]
    private readonly Tensor vectors;                // [N, V], not trained

    /// <param name="content">[N, V], scaled as <see cref="GraphContent.Scaled"/> does.</param>
    /// <param name="width">D.</param>
    /// <param name="generator">Where initial weights are drawn from.</param>
    public NodeContent(NodeVectors content, int width, Generator generator) : base(nameof(NodeContent))
    {
        // ‖v‖ is about Norm: P v starts as large as an embedding
        projection = Initialize.Normal(generator, NodeEmbeddings.Deviation / SemanticField.Norm, width, content.Width);
        vectors = content.ToTensor();
        RegisterComponents();
    }

    /// <summary>e + P v, [N, D].</summary>
    public Tensor Add(Tensor embeddings)
    {
        using var scope = NewDisposeScope();
        return Scalars.Add(embeddings, nn.functional.linear(vectors, projection)).MoveToOuterDisposeScope();
    }
}
