using System.Diagnostics;
using System.Numerics.Tensors;
using AutoGraph.Core.Retrieval;

namespace AutoGraph;

public sealed partial class RecommendationEngine
{
    /// <summary>The items whose vectors are nearest to that of an item, by cosine; ties by the order in which items joined.</summary>
    /// <param name="itemId">The item, never in the answer.</param>
    /// <param name="count">Items wanted, at least 1. Default 10.</param>
    /// <param name="options">What may come; null: everything. Of it <see cref="RequestOptions.Allow"/>, <see cref="RequestOptions.Deny"/> and <see cref="RequestOptions.Where"/> count here.</param>
    /// <exception cref="ArgumentException">The item is unknown or removed, or an option is out of range.</exception>
    public IReadOnlyList<SimilarEntity> SimilarItems(string itemId, int count = 10, RequestOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        (options ??= RequestOptions.Default).Validate();
        var snapshot = _snapshot;
        int item = ShownItem(snapshot, itemId);
        long started = Stopwatch.GetTimestamp();
        var vectors = snapshot.Items.Vectors;
        var similarities = new float[vectors.Count];
        for (int other = 0; other < similarities.Length; other++) similarities[other] = Cosine(vectors[item], vectors[other]);
        SimilarEntity[] answer = [.. TopK.Select(similarities, count, Allowed(snapshot, options), [item]).Select(best => new SimilarEntity(snapshot.Items.Ids[best.Position], best.Score))];
        ServingTelemetry.Answered("similar_items", started);
        return answer;
    }

    /// <summary>The users whose vectors, with their histories as they are now, are nearest to that of a user, by cosine; ties by the order in which users joined.</summary>
    /// <param name="userId">The user, never in the answer.</param>
    /// <param name="count">Users wanted, at least 1. Default 10.</param>
    /// <remarks>Computes the vectors of all users with each call: for analysis and nightly jobs. Of several vectors per user (<see cref="Backbone.Mind"/>) all count, side by side.</remarks>
    /// <exception cref="ArgumentException">The user is unknown or removed.</exception>
    public IReadOnlyList<SimilarEntity> SimilarUsers(string userId, int count = 10)
    {
        ArgumentNullException.ThrowIfNull(userId);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var snapshot = _snapshot;
        int user = UserOf(snapshot, userId);
        if (user < 0) throw new ArgumentException($"Expected a known user, found '{userId}', who is not there. Add the user first.", nameof(userId));
        var similarities = new float[snapshot.Users.Ids.Count];
        float[] own = UserVectors(snapshot, user, snapshot.Users.Histories[user][0]);
        foreach (int[] users in Enumerable.Range(0, similarities.Length).Chunk(UsersPerPass))
        {
            float[] vectors = UserVectors(snapshot, users, [.. users.Select(other => snapshot.Users.Histories[other][0])]);
            for (int i = 0; i < users.Length; i++) similarities[users[i]] = Cosine(own, vectors.AsSpan(i * own.Length, own.Length));
        }
        return [.. TopK.Select(similarities, count, other => !snapshot.Users.IsHidden(other), [user]).Select(best => new SimilarEntity(snapshot.Users.Ids[best.Position], best.Score))];
    }

    private static int ShownItem(EngineSnapshot snapshot, string itemId)
    {
        ArgumentNullException.ThrowIfNull(itemId);
        return snapshot.Items.Ids.PositionOf(itemId) is >= 0 and var item && !snapshot.Items.IsHidden(item) ? item
            : throw new ArgumentException($"Expected a known item, found '{itemId}', which is not there. Add it first.", nameof(itemId));
    }

    // 0 where a vector is 0
    private static float Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b) =>
        TensorPrimitives.Norm(a) * TensorPrimitives.Norm(b) is > 0 and var length ? TensorPrimitives.Dot(a, b) / length : 0;
}
