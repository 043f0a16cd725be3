"""The way in: load balancer, certificate, names, and the firewall where it is wanted."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct
from infra.ecs.deployment import Deployment
from infra.ecs.stacks.network import NetworkStack

API_PATHS = (  # five to a rule at most
    ("/api/*", "/ai/*", "/gbfs/*", "/mcp", "/mcp/*"),
    ("/admin/*", "/docs", "/openapi.json", "/health", "/ready"),
)
RATE = 6000  # requests of one address in five minutes: the API itself allows 1200 a minute


class Entrance(Construct):
    """HTTPS for the domain and for `grafana.` below it; plain HTTP is sent there."""

    def __init__(self, scope: Construct, *, deployment: Deployment, network: NetworkStack) -> None:
        super().__init__(scope, "Entrance")
        stack = cdk.Stack.of(self)
        self.domain = cdk.CfnParameter(stack, "DomainName", description="such as bikes.example.org").value_as_string
        zone = route53.HostedZone.from_hosted_zone_attributes(
            self,
            "Zone",
            hosted_zone_id=cdk.CfnParameter(
                stack, "HostedZoneId", description="of the zone that holds the domain"
            ).value_as_string,
            zone_name=self.domain,  # only to tell names from absolute ones, as those below are
        )
        self.grafana = f"grafana.{self.domain}"
        certificate = acm.Certificate(
            self,
            "Certificate",
            domain_name=self.domain,
            subject_alternative_names=[self.grafana],
            validation=acm.CertificateValidation.from_dns(zone),
        )
        self.balancer = elbv2.ApplicationLoadBalancer(
            self,
            "Balancer",
            load_balancer_name="pedalcast",
            vpc=network.vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
            internet_facing=True,
            security_group=network.groups["balancer"],
            drop_invalid_header_fields=True,
            idle_timeout=cdk.Duration.seconds(300),  # streams of events may be silent for a while
        )
        self.balancer.add_redirect(open=False)
        self.listener = self.balancer.add_listener(
            "Https",
            port=443,
            certificates=[certificate],
            ssl_policy=elbv2.SslPolicy.TLS13_RES,
            open=False,
            default_action=elbv2.ListenerAction.fixed_response(404),
        )
        alias = route53.RecordTarget.from_alias(targets.LoadBalancerTarget(self.balancer))
        for record, name in (("Alias", self.domain), ("GrafanaAlias", self.grafana)):
            route53.ARecord(self, record, zone=zone, record_name=f"{name}.", target=alias)
        if deployment.firewall:
            self._firewall()

    def _firewall(self) -> None:
        managed = {
            "common": ("AWSManagedRulesCommonRuleSet", ["SizeRestrictions_BODY"]),  # XSS; uploads have limits of theirs
            "sql-injection": ("AWSManagedRulesSQLiRuleSet", []),
        }
        rules = [
            wafv2.CfnWebACL.RuleProperty(
                name="rate",
                priority=0,
                action=wafv2.CfnWebACL.RuleActionProperty(block={}),
                statement=wafv2.CfnWebACL.StatementProperty(
                    rate_based_statement=wafv2.CfnWebACL.RateBasedStatementProperty(
                        limit=RATE, aggregate_key_type="IP", evaluation_window_sec=300
                    )
                ),
                visibility_config=_visible("rate"),
            )
        ]
        for priority, (name, (rule_set, counted)) in enumerate(managed.items(), start=1):
            count = wafv2.CfnWebACL.RuleActionProperty(count={})
            group = wafv2.CfnWebACL.ManagedRuleGroupStatementProperty(
                vendor_name="AWS",
                name=rule_set,
                rule_action_overrides=[
                    wafv2.CfnWebACL.RuleActionOverrideProperty(name=one, action_to_use=count) for one in counted
                ]
                or None,
            )
            rules.append(
                wafv2.CfnWebACL.RuleProperty(
                    name=name,
                    priority=priority,
                    override_action=wafv2.CfnWebACL.OverrideActionProperty(none={}),
                    statement=wafv2.CfnWebACL.StatementProperty(managed_rule_group_statement=group),
                    visibility_config=_visible(name),
                )
            )
        firewall = wafv2.CfnWebACL(
            self,
            "Firewall",
            scope="REGIONAL",
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            rules=rules,
            visibility_config=_visible("firewall"),
        )
        wafv2.CfnWebACLAssociation(
            self, "Guarded", resource_arn=self.balancer.load_balancer_arn, web_acl_arn=firewall.attr_arn
        )


def _visible(name: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    return wafv2.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=f"pedalcast-{name}", sampled_requests_enabled=True
    )
