using AutoGraph.Core.Interactions;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;

namespace AutoGraph.Torch.Recommendation;

/// <summary>Training samples (App. B): a user's positive with at least MinHistory earlier ones; its history is the latest before it.</summary>
internal sealed class TrainingSamples
{
    private readonly UserHistories _histories;
    private readonly RecommenderOptions _options;
    private readonly int[] _users;          // [S]
    private readonly int[] _positions;      // [S] place of the positive in the user's history
    private readonly NegativeSampler _negatives;

    public TrainingSamples(UserHistories histories, RecommenderOptions options, IReadOnlyList<int>? laterItems = null)
    {
        (_histories, _options) = (histories, options);
        var (users, positions) = (new List<int>(histories.Count), new List<int>(histories.Count));
        var (interactions, positives) = (new int[histories.ItemCount], new int[histories.ItemCount]);
        for (int user = 0; user < histories.UserCount; user++)
        {
            var own = histories.ItemsOf(user);
            foreach (int item in own) interactions[item]++;
            for (int position = options.MinHistory; position < own.Length; position++)
            {
                positives[own[position]]++;
                users.Add(user);
                positions.Add(position);
            }
        }
        (_users, _positions, _negatives) = ([.. users], [.. positions], new NegativeSampler(options, interactions, positives, laterItems));
    }

    /// <summary>Number of samples.</summary>
    public int Count => _users.Length;

    /// <summary>A training batch.</summary>
    public Batch Take(ReadOnlySpan<int> samples, ref RandomStream random)
    {
        int rows = samples.Length, items = _histories.ItemCount;
        var (users, positives, places) = (new int[rows], new int[rows], new int[rows]);
        var (offsets, history, earlier) = (new int[rows + 1], new List<int>(rows * _options.HistoryLength), new List<int>(rows * _options.HistoryLength));
        for (int b = 0; b < rows; b++)
        {
            int user = users[b] = _users[samples[b]], position = places[b] = _positions[samples[b]];
            var own = _histories.ItemsOf(user);
            positives[b] = own[position];
            foreach (int item in own[Math.Max(0, position - _options.HistoryLength)..position])
            {
                earlier.Add(item);
                history.Add(_options.UnknownRate > 0 && random.NextDouble() < _options.UnknownRate ? items : item);
            }
            offsets[b + 1] = history.Count;
        }
        return new Batch(users, positives, places, new(offsets, [.. earlier]), new EdgeList(rows, items + 1, offsets, [.. history]), _negatives.Draw(positives, ref random));
    }
}

/// <summary>The positives of one training step.</summary>
/// <param name="Users">[B].</param>
/// <param name="Positives">[B].</param>
/// <param name="Places">[B] place of each positive among all that its user did.</param>
/// <param name="Earlier">What each user did before the positive, at most the latest HistoryLength items.</param>
internal record TrainingRows(int[] Users, int[] Positives, int[] Places, ItemSequences Earlier)
{
    /// <summary>[I] which items stand as new in this step, or null for none.</summary>
    public bool[]? NewItems { get; init; }
}

/// <summary>One training step's rows with what the backbone reads.</summary>
/// <param name="Users">[B].</param>
/// <param name="Positives">[B].</param>
/// <param name="Places">As in <see cref="TrainingRows"/>.</param>
/// <param name="Earlier">As in <see cref="TrainingRows"/>.</param>
/// <param name="History">The same as edges from I + 1 items (the last is "unknown") to B rows, some ids replaced by "unknown".</param>
/// <param name="Candidates">What the positives are compared with.</param>
internal sealed record Batch(int[] Users, int[] Positives, int[] Places, ItemSequences Earlier, EdgeList History, Candidates Candidates) : TrainingRows(Users, Positives, Places, Earlier);
