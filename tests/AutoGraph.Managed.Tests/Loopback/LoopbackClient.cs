using System.ClientModel;
using System.ClientModel.Primitives;
using AutoGraph.TestKit.Loopback;
using Microsoft.Extensions.AI;
using OpenAI;

namespace AutoGraph.Managed.Tests.Loopback;

/// <summary>The real OpenAI client against the loopback server; its own repetitions are off, as the docs advise.</summary>
internal static class LoopbackClient
{
    public const string Key = "sk-marked-KEY-5f2a7c";

    public static IChatClient Of(LoopbackChatServer server, string key = Key) => new OpenAIClient(
        new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = server.Endpoint, RetryPolicy = new ClientRetryPolicy(0), NetworkTimeout = TimeSpan.FromMinutes(5) })
        .GetChatClient("loopback").AsIChatClient();
}
