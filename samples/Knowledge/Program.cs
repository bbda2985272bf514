// Asks a language model about each row of a table, once: estimate first, then progress; stopped at any time, it goes on where it was.
//   dotnet run --project samples/Knowledge -- --loopback                                             (no model needed: a server in this process)
//   dotnet run --project samples/Knowledge -- --endpoint http://localhost:11434/v1 --model llama3.2   (Ollama; vLLM: port 8000)
//   OPENAI_API_KEY=… dotnet run --project samples/Knowledge -- --endpoint https://api.openai.com/v1 --model … --prices prices.json --budget 2
using System.CommandLine;
using System.CommandLine.Parsing;
using Knowledge;

Option<Uri?> endpoint = new("--endpoint") { Description = "Address of an OpenAI-compatible API", DefaultValueFactory = _ => new("http://localhost:11434/v1"), CustomParser = Address };
Option<bool> loopback = new("--loopback") { Description = "Start a server in this process that answers after 200 ms, in place of --endpoint" };
Option<string> model = new("--model") { Description = "Model id, as the endpoint knows it", DefaultValueFactory = _ => "llama3.2" };
Option<string> keyVariable = new("--key-variable") { Description = "Environment variable that holds the key, where one is needed", DefaultValueFactory = _ => "OPENAI_API_KEY" };
Option<FileInfo> store = new("--store") { Description = "Knowledge store", DefaultValueFactory = _ => new("knowledge.db") };
Option<FileInfo?> table = new("--table") { Description = "Rows as JSON Lines, one object of column → value each; without it the books of the simulated sample world" };
Option<string?> id = new("--id") { Description = "Id column, left out of prompts" };
Option<string> prompt = new("--prompt") { Description = "Built-in prompt, such as film-item, book-user, generic-item", DefaultValueFactory = _ => "book-item" };
Option<int> concurrency = new("--concurrency") { Description = "Calls in flight", DefaultValueFactory = _ => 8 };
Option<int> maxTokens = new("--max-output-tokens") { Description = "Most tokens of an answer", DefaultValueFactory = _ => 400 };
Option<double?> speed = new("--tokens-per-second") { Description = "Answer tokens a second the endpoint gives in all, for the estimate" };
Option<FileInfo?> prices = new("--prices") { Description = "Price table: {\"model\": {\"inputPerMillion\": …, \"outputPerMillion\": …}}" };
Option<decimal?> budget = new("--budget") { Description = "Most that this run may spend, in the currency of --prices" };
Option<double> lease = new("--lease") { Description = "Seconds that rows of a killed run stay reserved", DefaultValueFactory = _ => 30 };
Option<FileInfo?> export = new("--export") { Description = "Write all answers of the store to this file, as JSON Lines" };
Option<bool> estimateOnly = new("--estimate") { Description = "Print the estimate and stop" };
Option<bool> yes = new("--yes") { Description = "Do not ask before spending" };

var root = new RootCommand("Language-model knowledge about the rows of a table, paid for once")
{
    endpoint, loopback, model, keyVariable, store, table, id, prompt, concurrency, maxTokens, speed, prices, budget, lease, export, estimateOnly, yes,
};
root.SetAction((parsed, cancellationToken) => Generation.RunAsync(
    new()
    {
        Endpoint = parsed.GetValue(loopback) ? null : parsed.GetValue(endpoint),
        Model = parsed.GetValue(loopback) ? "loopback" : parsed.GetRequiredValue(model),
        Key = Environment.GetEnvironmentVariable(parsed.GetRequiredValue(keyVariable)),
        Store = parsed.GetRequiredValue(store).FullName,
        Table = parsed.GetValue(table)?.FullName,
        Id = parsed.GetValue(id),
        Prompt = parsed.GetRequiredValue(prompt),
        Concurrency = parsed.GetValue(concurrency),
        MaxOutputTokens = parsed.GetValue(maxTokens),
        TokensPerSecond = parsed.GetValue(speed),
        Prices = parsed.GetValue(prices)?.FullName,
        Budget = parsed.GetValue(budget),
        Lease = TimeSpan.FromSeconds(parsed.GetValue(lease)),
        Export = parsed.GetValue(export)?.FullName,
        EstimateOnly = parsed.GetValue(estimateOnly),
        AskFirst = !parsed.GetValue(yes),
    },
    cancellationToken));
return await root.Parse(args).InvokeAsync();

static Uri? Address(ArgumentResult result)
{
    if (Uri.TryCreate(result.Tokens.Single().Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https") return address;
    result.AddError($"Expected an address such as http://localhost:11434/v1 as --endpoint, found '{result.Tokens.Single().Value}'.");
    return null;
}
