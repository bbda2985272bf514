using AutoGraph.Orleans.Storage;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;

namespace AutoGraph.Orleans.Serving;

/// <summary>What is kept of a user who joined or changed.</summary>
[GenerateSerializer, Immutable, Alias("autograph.user.record")]
internal sealed record UserRecord([property: Id(0)] long Ticket, [property: Id(1)] DateTimeOffset Created, [property: Id(2)] GivenRow Given, [property: Id(3)] bool IsHidden, [property: Id(4)] Dictionary<string, byte[]> Changes);

/// <summary>A record as bytes, so that the values are exactly those that were given, whatever format the storage writes.</summary>
[GenerateSerializer, Alias("autograph.user.state")]
internal sealed class UserState
{
    [Id(0)] public byte[] Content { get; set; } = [];
}

/// <summary>A user's record in grain storage; after a write that failed it asks what the storage has before it writes again.</summary>
/// <remarks>For one writer at a time; calls must not overlap.</remarks>
internal sealed class UserStore(IPersistentState<UserState> state, Serializer<UserRecord> serializer)
{
    private byte[] _stored = [];
    private byte[]? _uncertain;             // the storage failed while it took this one

    /// <summary>The record that the grain came up with; null: none.</summary>
    internal UserRecord? Read() => (_stored = state.State.Content).Length == 0 ? null : serializer.Deserialize(_stored);

    /// <exception cref="IOException">The storage did not take it, or does not say.</exception>
    /// <exception cref="InconsistentStateException">Another activation of the grain wrote meanwhile.</exception>
    internal async Task WriteAsync(UserRecord record)
    {
        if (_uncertain is { } uncertain)
        {
            await state.ReadAsync();
            byte[] found = state.State.Content;
            if (!found.AsSpan().SequenceEqual(uncertain) && !found.AsSpan().SequenceEqual(_stored)) throw new InconsistentStateException("Expected to be the only writer of the user, found a record of another.");
            (_stored, _uncertain) = (found, null);
        }
        byte[] content = serializer.SerializeToArray(record);
        state.State = new UserState { Content = content };
        try
        {
            await state.WriteAsync();
        }
        catch (IOException)
        {
            _uncertain = content;
            throw;
        }
        _stored = content;
    }
}
