using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AutoGraph.Datasets;
using AutoGraph.TestKit;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace AutoGraph.Torch.Tests.Samples;

/// <summary>The service of samples/Serving, compiled in from its sources, asked over loopback.</summary>
[Collection(nameof(Sequential))]    // gauges are those of the latest engine of the process
public sealed class ServingSampleTests
{
    private static readonly SampleWorldOptions Small = new() { Seed = 3, Readers = 60, Books = 60 };

    [Fact]
    public async Task Serving_SmallWorld_AnswersTakesItemsAndComesBackWithThem()
    {
        using var folder = new TempFolder();
        await using (var app = await StartAsync(folder.Path))
        {
            using var client = Client(app);
            Assert.Equal("Healthy", await client.GetStringAsync("/health", Cancel));
            Assert.Equal(5, (await ListAsync(client, "/users/r001/recommendations?count=5")).Length);

            var book = new { title = "The Tide", author = "A. N. Author", year = 1999, knowledge = "A calm tale of the sea and of those who wait." };
            Assert.Equal(HttpStatusCode.Created, (await client.PutAsJsonAsync("/items/new", book, Cancel)).StatusCode);
            var again = await client.PutAsJsonAsync("/items/new", book, Cancel);
            Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);
            Assert.Contains("Update it instead", await again.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);

            Assert.Equal(10, (await ListAsync(client, "/items/new/similar")).Length);
            var after = await client.PostAsJsonAsync("/recommendations?count=3", (string[])["new"], Cancel);
            Assert.Equal(3, (await after.Content.ReadFromJsonAsync<JsonElement[]>(Cancel))!.Length);
            Assert.Contains("new", (await ListAsync(client, "/users/r001/recommendations")).Select(item => item.GetProperty("itemId").GetString()));        // the place for new items
            Assert.Equal("new", (await client.GetFromJsonAsync<JsonElement>("/users/r001/recommendations/new", Cancel)).GetProperty("itemId").GetString());
            Assert.Equal(1, (await client.GetFromJsonAsync<JsonElement>("/items/drift", Cancel)).GetProperty("newRows").GetInt32());
            string metrics = await client.GetStringAsync("/metrics", Cancel);
            Assert.All((string[])["autograph_serving_request_duration_seconds_count", "autograph_serving_changes", "autograph_serving_drift_load_excess", "http_server_request_duration"],
                name => Assert.Contains(name, metrics, StringComparison.Ordinal));
            await app.StopAsync(Cancel);
        }
        var model = File.GetLastWriteTimeUtc(folder.File("model.zip"));
        await using var restarted = await StartAsync(folder.Path);
        using var other = Client(restarted);
        Assert.Equal(10, (await ListAsync(other, "/items/new/similar")).Length);
        Assert.Equal(model, File.GetLastWriteTimeUtc(folder.File("model.zip")));
        await restarted.StopAsync(Cancel);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<WebApplication> StartAsync(string folder)
    {
        var app = global::Serving.Lesson.Build(["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default=Warning"], folder, Small);
        await app.StartAsync(Cancel);
        return app;
    }

    private static HttpClient Client(WebApplication app) => new() { BaseAddress = new Uri(app.Urls.First()) };

    private static async Task<JsonElement[]> ListAsync(HttpClient client, string path) => (await client.GetFromJsonAsync<JsonElement[]>(path, Cancel))!;
}
