using AutoGraph.Orleans;
using AutoGraph.Torch.Tests.Serving;

namespace AutoGraph.Orleans.Tests;

/// <summary>The same changes to one machine and to a cluster, or to one of them.</summary>
internal sealed class SameChanges(RecommendationEngine engine, RecommendationCluster? cluster, ServedWorld world)
{
    internal static string[] Inserted { get; } = ["new 1", "new 2", "new 3"];

    internal static string[] Users { get; } = [.. Inserted, "came back"];

    internal static string[] Items { get; } = ["item 1", "item 2", "twin b", "twin a"];

    private string[] Known => [.. world.Items.Keys];

    /// <summary>Items and users that join and read each other.</summary>
    internal async Task InsertAsync()
    {
        var (item, user) = (world.Items[world.ColdItem], world.Users[world.ColdUser]);
        string[] readers = [.. world.Users.Keys.Take(3)];
        await AddAsync(new NewItem("item 1") { Values = item, Users = readers });
        await AddAsync(new NewUser("new 1") { Values = user, History = [Known[0], "item 1", Known[3]] });
        await AddAsync(new NewItem("item 2") { Values = world.Items[Known[5]], Users = [readers[0], "new 1"] });
        await AddAsync(new NewUser("new 2") { History = ["item 2", "item 1"] });
        await AddAsync(new NewUser("new 3"));
        await AddAsync(new NewItem("twin b") { Values = item });
        await AddAsync(new NewItem("twin a") { Values = item });
    }

    /// <summary>Those, and changes, removals and returns.</summary>
    internal async Task MakeAllAsync()
    {
        await InsertAsync();
        var (item, user) = (world.Items[Known[7]], world.Users[world.ColdUser]);
        string first = world.Users.Keys.First();
        await UpdateAsync(new NewUser(first) { History = [Known[1], "twin a", Known[2]] });
        await UpdateAsync(new NewItem("item 1") { Values = item });
        await UpdateAsync(new NewItem(Known[2]) { Values = item });                             // of the fit, with its users as they are now
        await UpdateAsync(new NewItem(Known[4]) { Values = item, Users = [first, "new 2"] });
        await UpdateAsync(new NewUser("new 3") { Values = user, History = ["item 1"] });
        await UpdateAsync(new NewUser("new 2") { Values = user });
        await AppendAsync("new 2", Known[6], "item 1");
        await AppendAsync(world.Users.Keys.Last(), "item 2");
        await RemoveItemAsync("twin b");
        await RemoveItemAsync(Known[8]);
        await RemoveItemAsync(Known[9]);
        await AddAsync(new NewItem(Known[9]) { Values = item });
        await AddAsync(new NewItem("twin b") { Values = world.Items[world.ColdItem] });           // back at its old place
        await AddAsync(new NewUser("came back") { Values = user, History = [Known[9], "twin b"] });
        await RemoveUserAsync("came back");
        await AddAsync(new NewUser("came back") { Values = user });
        await UpdateAsync(new NewItem("item 1"));                                               // read anew over its users as they are now
        await UpdateAsync(new NewItem(Known[3]) { Users = [first, "new 1"] });
        await UpdateAsync(new NewItem("item 2") { Users = ["new 3"] });
        await RemoveUserAsync(world.Users.Keys.ElementAt(1));
        await RemoveItemAsync("unknown");
    }

    private Task AddAsync(NewItem item) => BothAsync(() => engine.AddItem(item), () => cluster!.AddItemAsync(item));

    private Task AddAsync(NewUser user) => BothAsync(() => engine.AddUser(user), () => cluster!.AddUserAsync(user));

    private Task UpdateAsync(NewItem item) => BothAsync(() => engine.UpdateItem(item), () => cluster!.UpdateItemAsync(item));

    private Task UpdateAsync(NewUser user) => BothAsync(() => engine.UpdateUser(user), () => cluster!.UpdateUserAsync(user));

    private Task AppendAsync(string user, params string[] items) => BothAsync(() => engine.AddInteractions(user, items), () => cluster!.AddInteractionsAsync(user, items));

    private Task RemoveItemAsync(string id) => BothAsync(() => engine.RemoveItem(id), () => cluster!.RemoveItemAsync(id));

    private Task RemoveUserAsync(string id) => BothAsync(() => engine.RemoveUser(id), () => cluster!.RemoveUserAsync(id));

    private async Task BothAsync(Action onEngine, Func<Task> onCluster)
    {
        onEngine();
        if (cluster is not null) await onCluster();
    }
}
