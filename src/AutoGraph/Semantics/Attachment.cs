namespace AutoGraph;

/// <summary>Gives services to the steps of a model: each takes those that agree with its fit, and what no step takes is an error.</summary>
/// <remarks>Users and items may have encoders and language models of their own: each is attached by a call of its own.</remarks>
internal sealed class Attachment(SemanticVectorEstimator.Services given)
{
    private readonly Offer _encoder = new(), _generator = new();

    /// <summary>Steps so far.</summary>
    internal int Steps { get; private set; }

    internal SemanticVectorTransformer To(SemanticVectorTransformer step)
    {
        Steps++;
        var taken = given;
        if (given.Encoder is { } encoder && step.BorrowsEncoder && !_encoder.Take(step.RefusalOf(encoder))) taken = taken with { Encoder = null };
        if ((given.ChatClient is not null || given.Generation is not null) && step.AsksLanguageModel && !_generator.Take(step.RefusalOf(given)))
            taken = taken with { ChatClient = null, Generation = null };
        return step.With(taken);
    }

    /// <exception cref="ArgumentException">Steps need what was given, and none of them takes it.</exception>
    internal void ThrowIfRefused()
    {
        _encoder.ThrowIfRefused();
        _generator.ThrowIfRefused();
    }

    private sealed class Offer
    {
        private readonly List<string> _refusals = [];
        private bool _taken;

        internal bool Take(string? refusal)
        {
            if (refusal is null) return _taken = true;
            _refusals.Add(refusal);
            return false;
        }

        internal void ThrowIfRefused()
        {
            if (!_taken && _refusals.Count > 0) throw new ArgumentException(string.Join(' ', _refusals.Distinct()));
        }
    }
}
