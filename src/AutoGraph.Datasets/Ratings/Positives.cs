using AutoGraph.Core.Interactions;

namespace AutoGraph.Datasets;

/// <summary>The positive interactions of a data set and the rows of the users and items that have one (paper App. B).</summary>
/// <typeparam name="TUser">Row type of the user table.</typeparam>
/// <typeparam name="TItem">Row type of the item table.</typeparam>
/// <param name="Interactions">The positives in file order.</param>
/// <param name="Users">The user row of each user position.</param>
/// <param name="Items">The item row of each item position.</param>
/// <remarks>Immutable by contract; safe for concurrent use.</remarks>
public sealed record Positives<TUser, TItem>(InteractionTable Interactions, IReadOnlyList<TUser> Users, IReadOnlyList<TItem> Items)
    where TUser : IEntityRow
    where TItem : IEntityRow;
